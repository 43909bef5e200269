"""Columns that are no items: left out by name or pattern, else told all at once."""

from __future__ import annotations

import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.intake.columns import check_columns
from coproduction.intake.files.tabular import without
from coproduction.start.sources.tables import BLANK


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        ([], ["q1", "time_q1", "time_q2", "Q1[SQ1]"]),
        (["TIME_Q1"], ["q1", "time_q2", "Q1[SQ1]"]),
        (["time_*"], ["q1", "Q1[SQ1]"]),
        (["q1[*]", "time_q2"], ["q1", "time_q1"]),
        (["time"], ["q1", "time_q1", "time_q2", "Q1[SQ1]"]),
    ],
)
def test_a_star_stands_for_any_text_and_nothing_else_does(ignored, left):
    cells = pd.DataFrame(columns=["q1", "time_q1", "time_q2", "Q1[SQ1]"])
    assert list(without(cells, ignored)) == left


def test_all_columns_that_are_no_items_are_told_at_once():
    headers = [f"column{place}" for place in range(30)]
    with pytest.raises(StudyError) as refusal:
        check_columns(headers, [], BLANK, "export.csv")
    assert all(f"`{header}`" in str(refusal.value) for header in headers)
