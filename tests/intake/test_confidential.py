"""What may name a person is held apart, and can be put back."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from questionnaires import headed

from coproduction.errors import StudyError
from coproduction.instrument.reading import read_instrument
from coproduction.intake.canonical import canonical, findings
from coproduction.intake.confidential import HELD_APART, hold_apart, redact, rejoin, split
from coproduction.yamlfiles.yamlfile import read_yaml

TEXT = headed(
    "named",
    """
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: place, type: text, role: cluster, text: {en: "Place"}}
      - {id: month, type: text, pattern: "^[0-9]{4}-[0-9]{2}$", text: {en: "Month"}}
      - {id: age, type: integer, range: [0, 120], text: {en: "Age"}}
      - {id: health, type: integer, range: [0, 9], sensitive: true, text: {en: "Health"}}
      - {id: job, type: text, text: {en: "Job"}}
      - {id: why, type: text, role: open_text, text: {en: "Why"}}
      - {id: phone, type: integer, range: [0, 99999999999], role: contact, text: {en: "Phone"}}
""",
)
WORDS = st.none() | st.text(max_size=8) | st.just("-77")


@pytest.fixture(scope="module")
def instrument(schemas):
    return read_instrument(read_yaml(TEXT, "i.yaml", schemas["instrument"]))


@pytest.fixture(scope="module")
def table(instrument):
    def make(*rows):
        raw = pd.DataFrame(rows, dtype=object)
        names = [name for name in raw if name not in instrument.by_id]
        metadata = raw[names].assign(submission=[f"s{i}" for i in range(len(raw))])
        return canonical(raw.drop(columns=names), metadata, instrument)

    return make


def test_texts_of_any_form_and_contacts_are_confidential_coded_texts_are_not(instrument):
    told = [item.id for item in instrument.questions if item.confidential]
    assert told == ["job", "why", "phone"]


def test_open_answers_leave_a_mark_and_blanks_and_codes_stay(table, instrument):
    given = table({"why": "my neighbour Li", "phone": 13800138000}, {"why": "-77", "job": None})
    public, apart = split(given, instrument)
    assert public["why"].tolist() == [HELD_APART, "-77"]
    assert public["phone"].fillna("").tolist() == [HELD_APART, ""]
    assert apart["why"].tolist() == ["my neighbour Li", "-77"]
    assert apart["phone"].tolist()[0] == 13800138000


def test_devices_and_accounts_are_numbered_as_they_appear(table, instrument):
    rows = [{"device": d, "submitted_by": b} for d, b in (("x", "Li"), (None, "Wu"), ("x", "Li"))]
    public, _ = split(table(*rows), instrument)
    assert public["device"].fillna("").tolist() == ["1", "", "1"]
    assert public["submitted_by"].tolist() == ["1", "2", "1"]


@settings(max_examples=30)
@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6))
def test_what_was_split_can_be_put_back_whole(rows, table, instrument):
    made = table(*({"why": w, "job": j, "device": d, "place": "C1"} for w, j, d in rows))
    public, apart = split(made, instrument)
    pd.testing.assert_frame_equal(rejoin(public, apart), made)
    again, _ = split(public, instrument)
    pd.testing.assert_frame_equal(again[["why", "job"]], public[["why", "job"]])


def test_tables_of_different_submissions_are_not_put_together(table, instrument):
    public, apart = split(table({"why": "a"}, {"why": "b"}), instrument)
    with pytest.raises(StudyError, match="different submissions"):
        rejoin(public, apart.iloc[::-1].reset_index(drop=True))


def test_an_analysis_table_keeps_whether_something_was_written(table, instrument):
    scores = table({"why": "secret"}, {"why": None})[["submission", "why", "job", "phone"]]
    marked = hold_apart(scores, instrument)
    assert marked["why"].fillna("").tolist() == [HELD_APART, ""]


def test_findings_do_not_repeat_open_or_sensitive_answers(instrument):
    rows = [
        ("c", "warning", "s1", 1, item, "secret", "expected", "kept")
        for item in ("why", "phone", "health", "age", "")
    ]
    told = redact(findings(rows), instrument)
    assert told["found"].tolist() == ["", "", "", "secret", "secret"]
    assert (told["expected"] == "expected").all()
    assert (told["submission"] == "s1").all()
