"""Drawings are the same bytes wherever and whenever they are made."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from coproduction.report.figures.canvas import styled, wrapped
from coproduction.report.numbers import display_width


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


@styled
def named(text: str) -> Figure:
    figure = Figure(figsize=(3, 2))
    figure.text(0.1, 0.5, text)
    return figure


@pytest.mark.parametrize(
    ("text", "boxes"),
    [
        *((text, "") for text in ("Yes 是", "Zażółć", "Ağaç İğne", "Ελληνικά ᾧ", "Кириллица")),
        *(
            (text, "")
            for text in ("مرحبا 12%", "שָׁלוֹם (כן)", "日本語かな", "❤\ufe0f 😀", "是 Zażółć")
        ),
        ("ไทย is Thai", "ทยไ"),
        ("हिन्दी", "दनहि\u0940\u094d"),
        ("한국어", "국어한"),
        ("བོད", "དབ\u0f7c"),
        ("𠮷野家", "𠮷"),
        ("👩\u200d👦", "👦👩"),
    ],
)
def test_a_label_in_any_script_is_drawn_and_what_no_font_has_is_named(text, boxes):
    drawing = named(text)
    assert drawing.svg.startswith("<svg")
    assert "<text" not in drawing.svg
    assert set(drawing.boxes) <= set(boxes)
    assert bool(drawing.boxes) == bool(boxes)


def test_a_word_that_no_line_holds_is_cut_and_no_other():
    thai = "ภาษาไทยไม่เว้นวรรค" * 4  # drawn as boxes, each as wide as two letters
    lines = wrapped(f"Language {thai} spoken", 20).split("\n")
    assert "".join(lines).replace("Language", "").replace("spoken", "").strip() == thai
    assert max(map(display_width, lines)) == 10
    assert wrapped("a considerable number", 14) == "a considerable\nnumber"
