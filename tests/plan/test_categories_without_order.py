"""Categories without order are no numbers: what would reckon with their codes is refused."""

from __future__ import annotations

import re

import pytest
from questionnaires import headed

from coproduction.errors import StudyError
from coproduction.instrument.expressions import amounts_in
from coproduction.study import Study, read_study

INSTRUMENT = headed(
    "people",
    """
response_sets:
  tenures: {level: nominal, options: &four [
    {value: 1, label: {en: "A"}}, {value: 2, label: {en: "B"}},
    {value: 3, label: {en: "C"}}, {value: 4, label: {en: "D"}}]}
  grades: {level: ordinal, options: *four}
  sides: {level: nominal, options: [{value: 1, label: {en: "L"}}, {value: 2, label: {en: "R"}}]}
constructs: {trust: {label: {en: "Trust"}}}
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: place, type: text, pattern: "[A-Z][0-9]", role: cluster, text: {en: "Place"}}
      - {id: tenure, response_set: tenures, text: {en: "Tenure"}}
      - {id: other, response_set: tenures, text: {en: "Other"}}
      - {id: arm, type: random, response_set: tenures, text: {en: "Arm"}}
      - {id: grade, response_set: grades, text: {en: "Grade"}}
      - {id: side, response_set: sides, text: {en: "Side"}}
      - {id: age, type: integer, range: [18, 99], text: {en: "Age"}}
      - {id: t1, response_set: grades, construct: trust, text: {en: "T1"}}
      - {id: t2, response_set: grades, construct: trust, text: {en: "T2"}}
""",
)
STUDY = """
study: {id: small, title: {en: "Small"}, synthetic: false, seed: 1, languages: [en]}
instruments: [instrument.yaml]
data: [{instrument: people, platform: plain, files: [people.csv]}]
"""
PLAN = """
plan: {version: "1"}
variables:
  - {id: happy, label: {en: "Happy"}, expression: "age > 40"}
VARIABLES
models:
  - id: main
    label: {en: "Main"}
    outcome: OUTCOME
    family: gaussian
    predictors: [PREDICTOR]
    covariates: [COVARIATE]
    cluster: place
    covariance: CR2
moderation:
  - {id: mod, label: {en: "Mod"}, model: main, variable: age, by: {BY}}
FURTHER
"""
SOUND = {
    "VARIABLES": "",
    "OUTCOME": "happy",
    "PREDICTOR": "{variable: age}",
    "COVARIATE": "grade",
    "BY": "variable: side",
    "FURTHER": "",
}
CODED = {
    # how a variable `made` is derived: whether it holds categories without order
    'recode: {item: tenure, values: {"1": 1, "2": 2, "3": 3}}': True,
    'recode: {item: tenure, values: {"1": 0, "2": 1, "3": 1}}': False,
    'level: interval, recode: {item: tenure, values: {"1": 0, "2": 6, "3": 9}}': False,
    'level: ordinal, recode: {item: tenure, values: {"1": 0, "2": 6, "3": 9}}': False,
    'recode: {item: grade, values: {"1": 1, "2": 2, "3": 3}}': False,
    'level: nominal, recode: {item: grade, values: {"1": 1, "2": 2, "3": 3}}': True,
    'categories: {"1": {en: a}, "2": {en: b}, "3": {en: c}}, '
    'recode: {item: grade, values: {"1": 1, "2": 2, "3": 3}}': True,
    'level: ordinal, categories: {"1": {en: a}, "2": {en: b}, "3": {en: c}}, '
    'recode: {item: grade, values: {"1": 1, "2": 2, "3": 3}}': False,
    "first: [tenure, grade]": True,
    "first: [grade, side]": False,
    'expression: "tenure"': True,
    'expression: "tenure == 3"': False,
}


def read(schemas, instrument: str = INSTRUMENT, **changed: str) -> Study:
    plan = PLAN
    for name, text in (SOUND | changed).items():
        plan = plan.replace(name, text)
    files = {"instrument.yaml": instrument, "study.yaml": STUDY, "plan.yaml": plan}
    return read_study(files, "instruments/small", schemas)


def refused(schemas, **changed: str) -> str:
    with pytest.raises(StudyError) as error:
        read(schemas, **changed)
    (told,) = str(error.value).split("\n")
    return told


def test_variables_with_an_order_or_two_categories_are_numbers(schemas):
    predictors = "{variable: age}, {variable: side, standardise: true}"
    assert read(schemas, PREDICTOR=predictors, BY="variable: grade").plan


@pytest.mark.parametrize(
    ("place", "entry", "key"),
    [
        ("COVARIATE", "tenure", "models.0.covariates.0"),
        ("COVARIATE", "{variable: tenure}", "models.0.covariates.0"),
        ("COVARIATE", "{variable: tenure, split: own_and_others}", "models.0.covariates.0"),
        ("PREDICTOR", "{variable: age}, {variable: tenure}", "models.0.predictors.1"),
        ("PREDICTOR", "{variable: age}, {variable: tenure, standardise: true}", "models.0.pred"),
        ("BY", "variable: tenure", "moderation.0.by"),
    ],
)
def test_one_slope_over_categories_without_order_is_refused_with_what_to_write(
    schemas, place, entry, key
):
    told = refused(schemas, **{place: entry})
    assert re.match(rf"instruments/small/plan.yaml, line \d+, {key}", told)
    assert "`tenure` has 4 categories without order" in told
    assert "say `{variable: tenure, categorical: true}`" in told
    for dropped in ("standardise", "split"):
        assert (dropped in entry) == (f"`{dropped}`" in told)


def test_arms_without_order_are_categories_too(schemas):
    assert "say `{variable: arm, categorical: true}`" in refused(schemas, COVARIATE="arm")


def test_categories_without_order_are_entered_as_such(schemas):
    entry = "{variable: tenure, categorical: true}"
    assert read(schemas, COVARIATE=f"grade, {entry}", BY=entry.strip("{}")).plan
    # A moderator that the model holds as categories need not say so again.
    assert read(schemas, COVARIATE=f"grade, {entry}", BY="variable: tenure").plan


@pytest.mark.parametrize("coded", CODED)
def test_a_derived_variable_has_no_order_if_its_origin_has_none_or_its_categories_have_names(
    schemas, coded
):
    made = {"VARIABLES": f'  - {{id: made, label: {{en: "Made"}}, {coded}}}', "COVARIATE": "made"}
    if not CODED[coded]:
        assert read(schemas, **made).plan
        return
    told = refused(schemas, **made)
    assert "say `{variable: made, categorical: true}`" in told and "`level: ordinal`" in told


@pytest.mark.parametrize(
    ("place", "text", "key"),
    [
        ("OUTCOME", "tenure", "models.0.outcome"),
        (
            "VARIABLES",
            '  - {id: made, label: {en: "Made"}, expression: "(tenure + age) / 2"}',
            "variables.1.expression",
        ),
        (
            "FURTHER",
            'descriptions: [{id: means, label: {en: "Means"}, outcome: tenure, by: side}]',
            "descriptions.0.outcome",
        ),
        (
            "FURTHER",
            "measurement: {validity: {constructs: [trust], marker: [tenure]}}",
            "measurement.validity.marker.0",
        ),
    ],
)
def test_means_and_correlations_of_categories_without_order_are_refused(schemas, place, text, key):
    told = refused(schemas, **{place: text})
    assert f", {key}: " in told and "`tenure`" in told and re.search("no order|without order", told)


def test_groups_of_a_description_need_no_order(schemas):
    planned = 'descriptions: [{id: means, label: {en: "Means"}, outcome: age, by: tenure}]'
    assert read(schemas, FURTHER=planned).plan


def test_a_construct_is_not_measured_by_answers_without_order(schemas):
    wrong = INSTRUMENT.replace("t2, response_set: grades", "t2, response_set: tenures")
    with pytest.raises(StudyError, match=r"line \d+, .*`t2` have no order"):
        read(schemas, instrument=wrong)
    assert read(
        schemas,
        instrument=INSTRUMENT.replace("t2, response_set: grades", "t2, response_set: sides"),
    )


def test_names_that_are_reckoned_with_are_told_from_those_that_are_compared():
    assert amounts_in("(a + b) / 2 > c and not d == 3 or -e < 1") == {"a", "b", "e"}
