"""What the figures of a measurement model show."""

from __future__ import annotations

import pandas as pd

from coproduction.report.figures.diagrams import factor_diagrams, threshold_lines

LOADINGS = "measurement/loadings.csv"
# The matplotlib figures behind the pictures.
diagrams, lines = factor_diagrams.__wrapped__, threshold_lines.__wrapped__


def words(figure) -> list[list[str]]:
    """Texts of each field, arrows aside."""
    fields = [panel.axes[0] for panel in figure.subfigs if panel.axes]
    return [[text.get_text() for text in field.texts if text.get_text()] for field in fields]


def test_each_factor_is_drawn_with_every_item_and_its_loading():
    figure = diagrams([("Trust", [("a1", 0.714), ("a2", -0.1)]), ("Help", [("b1", 0.5)])], "")
    assert words(figure) == [["0.71", "a1", "−0.10", "a2", "Trust"], ["0.50", "b1", "Help"]]


def test_the_line_of_an_item_is_cut_at_each_threshold():
    axes = lines([("a1", [-1.0, 0.0, 1.2]), ("a2", [0.3])], "", "").axes[0]
    cuts = [list(line.get_xdata()) for line in axes.lines if line.get_marker() == "|"]
    assert cuts == [[-1.0, 0.0, 1.2], [0.3]]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a1", "a2"]


def parameters(model: str) -> pd.DataFrame:
    rows = [("loading", "trust", "t1", 0.8), ("loading", "trust", "t2", 0.6)]
    rows += [("threshold", "t1", "t1", -0.5), ("threshold", "t2", "t1", 0.4)]
    table = pd.DataFrame(rows, columns=["kind", "lhs", "rhs", "standardised"])
    return table.assign(
        model=model,
        standardised_conf_low=table["standardised"] - 0.1,
        standardised_conf_high=table["standardised"] + 0.1,
    )


def drawn(composed, planned, tables, loadings: pd.DataFrame) -> set[str]:
    plan = {**planned[0], "measurement": {"models": [{"id": "one", "label": {"en": "One"}}]}}
    document = composed(tables={**tables, LOADINGS: loadings}, plan=plan)
    return {figure.id for figure in document.figures} & {"factors", "loadings", "thresholds"}


def test_the_model_that_the_plan_checks_validity_with_is_drawn(composed, planned, tables):
    assert drawn(composed, planned, tables, parameters("one")) == {
        "factors",
        "loadings",
        "thresholds",
    }
    assert drawn(composed, planned, tables, parameters("another")) == set()


def test_every_other_planned_model_is_drawn_by_its_own_loadings(composed, planned, tables):
    models = [{"id": "one", "label": {"en": "One"}}, {"id": "two", "label": {"en": "Two"}}]
    plan = {**planned[0], "measurement": {"models": models}}
    rows = pd.concat([parameters("one"), parameters("two").assign(standardised=0.25)])
    document = composed(tables={**tables, LOADINGS: rows}, plan=plan)
    words = {each.id: each.description for each in document.figures}
    assert "t1 0.800" in words["factors"]
    assert "t1 0.250" in words["factors_two"]


def test_a_factor_of_many_items_stands_in_several_diagrams_and_loses_none():
    items = [(f"i{place}", 0.5) for place in range(23)]
    found = words(diagrams([("Trust", items)], "", compact=True))
    assert [each[-1] for each in found] == ["Trust"] * 3
    assert [text for each in found for text in each if text.startswith("i")] == [
        n for n, _ in items
    ]


def test_a_model_of_continuous_items_has_no_thresholds_to_draw(composed, planned, tables):
    table = parameters("one")
    continuous = table[table["kind"] != "threshold"]
    assert drawn(composed, planned, tables, continuous) == {"factors", "loadings"}
