"""An id is the name of one thing, so that no table is headed with the label of another."""

from __future__ import annotations

import re

import pytest
from questionnaires import headed

from coproduction.errors import StudyError
from coproduction.study import read_study

INSTRUMENT = headed(
    "people",
    """
response_sets:
  agree:
    level: ordinal
    options: [{value: 1, label: {en: "No"}}, {value: 2, label: {en: "Yes"}}]
constructs:
  trust: {label: {en: "Trust"}, facets: {near: {en: "Near"}, far: {en: "Far"}}}
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: party, response_set: agree, text: {en: "Party"}}
      - {id: age, type: integer, range: [18, 99], text: {en: "Age"}}
      - {id: place, type: text, pattern: "[A-Z]", role: cluster, text: {en: "Place"}}
      - {id: t1, response_set: agree, construct: trust, facet: near, text: {en: "T1"}}
      - {id: t2, response_set: agree, construct: trust, facet: far, reverse: true, text: {en: "T2"}}
""",
)
SHEET = headed(
    "sheet",
    """
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: KEY, type: text, pattern: "[A-Z]", role: cluster, text: {en: "Place"}}
      - {id: rooms, type: integer, range: [0, 9], text: {en: "Rooms"}}
""",
    "community",
)
STUDY = """
study: {id: small, title: {en: "Small"}, synthetic: false, seed: 1, languages: [en]}
instruments: [instrument.yaml, sheet.yaml]
data:
  - {instrument: people, platform: plain, files: [people.csv]}
  - {instrument: sheet, platform: plain, files: [sheet.csv]}
cleaning: {consistency: [{id: rule, contradiction: "age > 90"}]}
"""
BLOCKS = {
    "a measurement model": "measurement: {models: [{id: ID, label: {en: M}, constructs: [trust]}]}",
    "a comparison of groups": "measurement: {invariance: [{id: ID, label: {en: G}, group: party, "
    "constructs: [trust]}]}",
    "a set of items": "measurement: {dimensionality: [{id: ID, label: {en: S}, "
    "constructs: [trust]}]}",
    "a derived variable": 'variables: [{id: ID, label: {en: V}, expression: "age > 50"}]',
    "a summary of communities": "communities: {cluster: place, key: place, summaries: [{id: ID, "
    "label: {en: C}, variable: age, statistic: mean}]}",
    "a moderation": "moderation: [{id: ID, label: {en: O}, model: main, variable: age, "
    "by: {variable: party}}]",
    "a path model": "paths: [{id: ID, label: {en: P}, chain: [age, t1]}]",
    "an experiment": "experiments: [{id: ID, label: {en: E}, outcome: age, factors: [half]}]",
    "a description": "descriptions: [{id: ID, label: {en: D}, outcome: age, by: party}]",
}
MODEL = """
models:
  - id: main
    label: {en: "Main"}
    outcome: t1
    family: gaussian
    predictors: [{variable: age}]
    covariance: HC3
"""
HALF = '{id: half, label: {en: H}, expression: "age > 40"}'
FOLDER = "instruments/small"


def line_of(text: str, part: str) -> str:
    return f"line {text[: text.index(part)].count(chr(10)) + 1}"


def refused(schemas, plan: str, sheet: str = SHEET.replace("KEY", "place")) -> list[str]:
    texts = {"instrument.yaml": INSTRUMENT, "sheet.yaml": sheet, "study.yaml": STUDY}
    with pytest.raises(StudyError) as error:
        read_study({**texts, "plan.yaml": plan}, FOLDER, schemas)
    return str(error.value).split("\n")


def planned(*blocks: str) -> str:
    """Write a plan with some blocks; those of one key are joined."""
    text = 'plan: {version: "1"}' + MODEL
    variables = [block for block in blocks if block.startswith("variables")]
    lines = [block for block in blocks if not block.startswith("variables")]
    if any("half" in block for block in lines):
        head = variables[0][: -len("]")] if variables else "variables: ["
        variables = [head + (", " if variables else "") + HALF + "]"]
    return text + "\n".join([*variables, *lines]) + "\n"


@pytest.mark.parametrize("what", BLOCKS)
def test_an_id_of_two_blocks_is_refused_with_both_lines(schemas, what):
    plan = planned(BLOCKS[what].replace("ID", "main"))
    told = refused(schemas, plan)
    if what == "a moderation":
        told = [each for each in told if "already the name" in each]
    (text,) = told
    lines = sorted(map(int, re.findall(r"line (\d+)", text)))
    rows = plan.split("\n")
    assert "`main` is already the name of" in text and "rename one" in text
    assert len(lines) == 2 and all("id: main" in rows[line - 1] for line in lines)


@pytest.mark.parametrize("what", BLOCKS)
@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("party", f"an item ({FOLDER}/instrument.yaml, {line_of(INSTRUMENT, 'id: party')})"),
        ("rooms", f"an item ({FOLDER}/sheet.yaml, {line_of(SHEET, 'id: rooms')})"),
        ("trust", f"a construct ({FOLDER}/instrument.yaml, {line_of(INSTRUMENT, 'trust:')})"),
        ("trust_near", f"a facet ({FOLDER}/instrument.yaml, {line_of(INSTRUMENT, 'near:')})"),
        ("t2_r", f"a reversed item ({FOLDER}/instrument.yaml, {line_of(INSTRUMENT, 't2')})"),
        ("rule", f"a rule of consistency ({FOLDER}/study.yaml, {line_of(STUDY, 'rule')})"),
        ("flags", "a column of the study's tables"),
        ("intercept", "a term of every model"),
    ],
)
def test_an_id_that_is_the_name_of_something_asked_or_computed_is_refused(
    schemas, what, name, owner
):
    told = refused(schemas, planned(BLOCKS[what].replace("ID", name)))
    assert any(f"`{name}` is already the name of {owner}" in each for each in told)


def test_every_collision_is_named_at_once(schemas):
    blocks = [BLOCKS[what].replace("ID", "main") for what in ("a description", "an experiment")]
    told = refused(schemas, planned(*blocks, BLOCKS["a derived variable"].replace("ID", "age")))
    assert len(told) == 3


def test_the_parts_of_a_split_have_names_of_their_own(schemas):
    plan = planned(BLOCKS["a description"].replace("ID", "age_mean"))
    split = "{variable: age, split: within_cluster}]\n    cluster: place"
    told = refused(schemas, plan.replace("{variable: age}]", split, 1))
    assert any("makes a term `age_mean`" in each and "a description" in each for each in told)


def test_an_item_of_a_joined_sheet_may_share_only_the_name_of_what_joins_it(schemas):
    join = "communities: {cluster: place, key: KEY}"
    files = {"instrument.yaml": INSTRUMENT, "study.yaml": STUDY}
    for key in ("place", "village"):
        sheet = SHEET.replace("KEY", key)
        sound = {**files, "sheet.yaml": sheet, "plan.yaml": planned(join.replace("KEY", key))}
        assert read_study(sound, FOLDER, schemas).plan
    sheet = SHEET.replace("KEY", "village").replace("id: rooms", "id: age")
    (told,) = refused(schemas, planned(join.replace("KEY", "village")), sheet)
    assert f"sheet.yaml, {line_of(SHEET, 'id: rooms')}" in told
    assert f"instrument.yaml, {line_of(INSTRUMENT, 'id: age')}" in told
