"""Drawings are the same bytes wherever and whenever they are made."""

from __future__ import annotations

from matplotlib.figure import Figure

from coproduction.report.canvas import styled


@styled
def bars(left: float) -> Figure:
    figure = Figure(figsize=(3, 2))
    for bottom in (0.1, 0.6):
        figure.add_axes((left, bottom, 0.5, 0.3)).barh([0, 1], [1, 2])
    return figure


def test_digits_of_the_layout_that_nobody_sees_change_no_byte():
    assert bars(0.2).svg == bars(0.2 + 1e-13).svg
    assert bars(0.2).svg == bars(0.2 + 1e-9).svg
    assert bars(0.2).svg != bars(0.21).svg


def test_each_field_keeps_a_clip_path_of_its_own():
    svg = bars(0.2).svg
    for name in ("clip0", "clip1"):
        assert svg.count(f'id="{name}"') == 1
        assert svg.count(f"url(#{name})") == 2
