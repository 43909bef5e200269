"""Which flags leave a row out is checked against the flags that the study raises."""

from __future__ import annotations

import pytest
from every_block import PLAN, texts

from coproduction.errors import StudyError
from coproduction.study import read_study

RULE = "flagged_rows: {leave_out: any, among: [odd]}"


def refused(schemas, rule: str) -> str:
    files, folder = texts(), "instruments/small"
    files["plan.yaml"] = PLAN.replace(RULE, rule, 1)
    with pytest.raises(StudyError) as caught:
        read_study(files, folder, schemas)
    return str(caught.value)


def test_a_flag_that_the_study_does_not_raise_is_refused_with_those_that_it_does(schemas):
    line = PLAN[: PLAN.index(RULE)].count("\n") + 1
    told = refused(schemas, RULE.replace("odd", "od"))
    assert f"plan.yaml, line {line}" in told
    assert "raises no flag `od`" in told and "odd" in told


def test_flags_named_where_none_leaves_a_row_out_are_refused(schemas):
    told = refused(schemas, RULE.replace("any", "none"))
    assert "no flag leaves a row out; leave `among` out" in told


def test_a_model_of_imputed_tables_with_flags_of_its_own_is_told_which_keys_to_leave_out(schemas):
    own = f"    {RULE}\n"
    files = texts() | {"plan.yaml": PLAN.replace(own, f"{own}    missing: imputed\n")}
    with pytest.raises(StudyError, match="leave out `missing` or `flagged_rows` of this model"):
        read_study(files, "instruments/small", schemas)
