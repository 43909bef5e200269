"""What the report says of effects that stand in the units of a construct and of its score."""

from __future__ import annotations

import pandas as pd
import pytest

from coproduction.report.blocks import Table

FILE = "inference/effects.csv"
UNITS = {"en": "per standard deviation of its score", "zh-CN": "按其得分的一个标准差"}


def notes(document) -> str:
    tables = [
        block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Table)
    ]
    return " ".join(note for each in tables for note in each.notes)


@pytest.mark.parametrize("language", UNITS)
@pytest.mark.parametrize("role", ["confirmatory", "robustness"])
def test_a_note_says_why_a_construct_stands_twice_where_it_does(composed, tables, language, role):
    row = tables[FILE][tables[FILE]["role"] == role].iloc[0].to_dict()
    one = pd.DataFrame([row | {"per": "construct"}])
    both = pd.DataFrame([row | {"per": "construct"}, row | {"per": "score"}])
    assert UNITS[language] in notes(composed(language=language, tables={**tables, FILE: both}))
    assert UNITS[language] not in notes(composed(language=language, tables={**tables, FILE: one}))
