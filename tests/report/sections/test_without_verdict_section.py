"""Hypotheses without a verdict stand below the verdicts, each with its reason."""

from __future__ import annotations

import pytest
from small_study import PLAN

WITHOUT = {
    "id": "H9",
    "statement": {"zh-CN": "先有信任。", "en": "Trust comes first."},
    "reason": {"zh-CN": "只有一期。", "en": "There is one wave."},
}


@pytest.mark.parametrize(
    ("language", "row"),
    [
        ("en", ["H9 Trust comes first.", "There is one wave."]),
        ("zh-CN", ["H9 先有信任。", "只有一期。"]),
    ],
)
def test_the_report_names_each_with_its_reason_in_its_language(composed, language, row):
    document = composed(language=language, plan=PLAN | {"without_verdict": [WITHOUT]})
    (verdicts,) = (each for each in document.sections if each.id == "verdicts")
    assert row in [each for b in verdicts.blocks if b.kind == "table" for each in b.rows]


def test_without_the_block_there_is_no_such_table(composed):
    document = composed()
    captions = [b.caption for s in document.sections for b in s.blocks if b.kind == "table"]
    assert not [caption for caption in captions if "without a verdict" in caption]
