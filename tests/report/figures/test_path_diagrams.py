"""What path diagrams show, and that no estimate stands on another or on a variable."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Ellipse, FancyArrowPatch, Rectangle
from small_study import PLAN

from coproduction.dictionary import dictionary
from coproduction.report.figures.canvas import INK, QUIET
from coproduction.report.figures.paths import Line, Variable, path_diagram

# The matplotlib figure behind the picture.
diagram = path_diagram.__wrapped__
SMALL = {"a": Variable("Trust", True), "b": Variable("Help", True, "R² = 0.31")}


def patches(figure, kind) -> list:
    return [each for each in figure.axes[0].patches if isinstance(each, kind)]


def labels(figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def large():
    """Ten variables in six layers with twenty regressions and two covariances."""
    pairs = "ad bd cd ae be cf df ef dg eg fg ag bh gh fh gi hi ci ij hj"
    rng = np.random.default_rng(1)
    estimates = rng.uniform(-0.3, 0.7, 22)
    ends = [*map(tuple, pairs.split()), ("d", "e"), ("e", "h")]
    lines = [
        Line(pair, each, 0.04, abs(each) > 0.08) for pair, each in zip(ends, estimates, strict=True)
    ]
    variables = {
        name: Variable(f"Variable {name} with a name", name != "i", "R² = 0.20")
        for name in "abcdefghij"
    }
    return diagram(variables, lines[:20], lines[20:], "stamp")


def test_constructs_are_ellipses_and_observed_variables_boxes_with_what_is_explained():
    variables = SMALL | {"y": Variable("Hours", False, "R² = 0.12")}
    lines = [Line(("a", "b"), 0.5, 0.04, True), Line(("b", "y"), 0.2, 0.1, True)]
    figure = diagram(variables, lines, [], "")
    assert len(patches(figure, Ellipse)) == 2
    assert len(patches(figure, Rectangle)) == 1
    assert {"Trust", "Help\nR² = 0.31", "Hours\nR² = 0.12"} <= set(labels(figure))
    assert {"0.50 (0.04)", "0.20 (0.10)"} <= set(labels(figure))


def test_a_line_whose_interval_holds_zero_is_grey_and_the_others_thicker_with_the_estimate():
    lines = [
        Line(("a", "b"), 0.5, 0.04, True),
        Line(("a", "y"), 0.05, 0.04, False),
        Line(("b", "y"), 0.2, 0.04, True),
    ]
    figure = diagram(SMALL | {"y": Variable("Hours", False)}, lines, [], "")
    strong, unclear, weak = patches(figure, FancyArrowPatch)
    assert [each.get_edgecolor()[:3] for each in (strong, weak)] == [rgb(INK)] * 2
    assert unclear.get_edgecolor()[:3] == rgb(QUIET)
    assert strong.get_linewidth() > weak.get_linewidth() > unclear.get_linewidth()


def rgb(color: str) -> tuple[float, ...]:
    return tuple(int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))


def test_a_covariance_has_two_heads_and_bends():
    variables = {"a": Variable("One", True)} | {n: Variable(n, True) for n in "bc"}
    lines = [Line(("a", "b"), 0.5, 0.04, True), Line(("a", "c"), 0.5, 0.04, True)]
    figure = diagram(variables, lines, [Line(("b", "c"), -0.3, 0.05, True)], "")
    *arrows, curve = patches(figure, FancyArrowPatch)
    assert [type(each.get_arrowstyle()).__name__ for each in arrows] == ["CurveFilledB"] * 2
    assert type(curve.get_arrowstyle()).__name__ == "CurveFilledAB"
    ends = curve.get_path().vertices[[0, -1], 0]
    assert curve.get_path().vertices[:, 0].max() > ends.max() + 0.1


def test_an_estimate_without_standard_error_stands_alone():
    figure = diagram(SMALL, [Line(("a", "b"), 0.5, np.nan, True)], [], "")
    assert "0.50" in labels(figure)


def test_with_ten_variables_and_twenty_regressions_no_words_meet():
    figure = large()
    FigureCanvasAgg(figure).draw()
    axes = figure.axes[0]
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) == 32
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    frames = [each.get_window_extent() for each in patches(figure, (Ellipse, Rectangle))]
    assert not [pair for pair in combinations(frames, 2) if pair[0].overlaps(pair[1])]
    estimates = [b for b, t in zip(boxes, axes.texts, strict=True) if "(" in t.get_text()]
    assert not any(box.overlaps(frame) for box in estimates for frame in frames)


def test_all_lines_go_to_the_right_and_causes_stand_before_effects():
    for patch in patches(large(), FancyArrowPatch)[:20]:
        across = patch.get_path().vertices[:-1, 0]
        assert across[0] == across.min() < across.max()


PATHS = [{"id": "along", "label": {"en": "Along"}, "regressions": {"hours": ["trust"]}}]


@pytest.fixture
def effects(tables):
    file = "inference/paths.csv"
    row = {
        **{"path": "along", "estimand": "path", "term": "trust > hours", "estimate": 0.4},
        **{"standardised": 0.3, "standardised_std_error": 0.1, "r_squared": 0.09, "n": 50},
        **{"standardised_conf_low": 0.1, "standardised_conf_high": 0.5},
    }
    return {**tables, file: pd.DataFrame([row]).reindex(columns=list(dictionary().tables[file]))}


def test_the_report_draws_what_the_table_holds_and_says_it_in_words(composed, effects):
    document = composed(tables=effects, plan=PLAN | {"paths": PATHS})
    (figure,) = (each for each in document.figures if each.id == "path_diagram_along")
    assert figure.description == "Trust → Hours 0.30 [0.10, 0.50]; Hours R² = 0.09"
    assert document.stamp and figure.file == "inference/paths.csv"
