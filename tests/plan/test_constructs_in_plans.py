"""Constructs in the place of scores are checked with file and line before any data."""

from __future__ import annotations

import re

import pytest
from every_block import PLAN, texts

from coproduction.errors import StudyError
from coproduction.study import read_study

FREED = """    predictors: [{construct: trust}]
    covariates: [age]
    contents: [hope]
"""


def refused(schemas, sound: str, wrong: str) -> str:
    assert PLAN.count(sound) == 1
    with pytest.raises(StudyError) as error:
        read_study(texts(plan=PLAN.replace(sound, wrong)), "instruments/small", schemas)
    return str(error.value)


@pytest.mark.parametrize(
    ("predictors", "key", "told"),
    [
        ("[{construct: trust, standardise: true}]", "predictors.0.standardise", "leave `stand"),
        ("[{construct: trust, categorical: true}]", "predictors.0.categorical", "leave `categ"),
        ("[{construct: t1}]", "predictors.0.construct", "no construct `t1` that has items"),
        ("[{construct: trust, variable: hope}]", "predictors.0", "either `variable` or `cons"),
        ("[{split: within_cluster}]", "predictors.0", "either `variable` or `construct`"),
        ("[{construct: trust, split: others}]", "predictors.0.split", "needs a `cluster`"),
    ],
)
def test_a_construct_is_refused_where_it_cannot_stand(schemas, predictors, key, told):
    wrong = FREED.replace("[{construct: trust}]", predictors)
    message = refused(schemas, FREED, wrong)
    assert re.search(
        rf"plan.yaml, line \d+, models.3.{re.escape(key)}: .*{re.escape(told)}", message
    )


@pytest.mark.parametrize(
    ("lines", "key", "told"),
    [
        ("    agreement: score\n", "agreement", "`score` stands beside scores"),
        ("    agreement: factor\n", None, ""),
    ],
)
def test_agreement_by_a_factor_or_by_its_score_is_for_one_kind_of_predictor(
    schemas, lines, key, told
):
    wrong = FREED + lines
    if key is None:
        read_study(texts(plan=PLAN.replace(FREED, wrong)), "instruments/small", schemas)
    else:
        assert f"models.3.{key}: {told}" in refused(schemas, FREED, wrong)


def test_contents_without_a_measurement_step_are_refused(schemas):
    wrong = FREED.replace("construct: trust", "variable: trust")
    message = refused(schemas, FREED, wrong)
    assert "models.3.contents: is for models with a `construct`" in message


def test_communities_have_no_constructs(schemas):
    sound = "outcome: rate\n    family: gaussian\n    predictors: [{variable: rooms}]"
    wrong = sound.replace("{variable: rooms}", "{construct: trust}")
    assert "models.2.predictors.0.construct: constructs are of respondents" in refused(
        schemas, sound, wrong
    )


ABOUT = "    model: main\n    estimand: {kind: average_marginal_effect, variable: trust, at:"


def hypothesis(estimand: str) -> str:
    kept = PLAN[PLAN.index("families: [") :]
    start = kept.index("hypotheses:\n")
    added = f"""  - id: H9
    statement: {{en: "Nine."}}
    family: first
    model: freed
    estimand: {{kind: average_marginal_effect, {estimand}}}
    direction: positive
    smallest_effect: 0.1
    unit: {{en: "points"}}
"""
    at = PLAN.index(kept) + start + len("hypotheses:\n")
    return PLAN[:at] + added + PLAN[at:]


@pytest.mark.parametrize(
    ("estimand", "told"),
    [
        ("variable: trust", "say whose standard deviation is a unit, `construct` or `score`"),
        ("variable: age, per: score", "is for terms of a `construct`; leave `per` out"),
        ("variable: trust, per: score", ""),
        ("variable: trust, per: construct", ""),
    ],
)
def test_a_hypothesis_on_a_construct_says_whose_standard_deviation_it_means(
    schemas, estimand, told
):
    files = texts(plan=hypothesis(estimand))
    if told:
        with pytest.raises(StudyError, match=re.escape(told)):
            read_study(files, "instruments/small", schemas)
    else:
        read_study(files, "instruments/small", schemas)


@pytest.mark.parametrize(
    ("checked", "told"),
    [
        ("others: {model: main, variable: trust}", ""),
        ("others: {model: main, variable: trust, per: score}", "checks.others.per: is for terms"),
        ("agreement: {model: freed}", "checks.agreement.per: the estimand is about a construct"),
        ("agreement: {model: freed, per: construct}", ""),
    ],
)
def test_a_further_model_says_for_itself_whose_standard_deviation_it_means(schemas, checked, told):
    planned = hypothesis("variable: trust, per: construct").replace(
        '    statement: {en: "Nine."}\n',
        f'    statement: {{en: "Nine."}}\n    checks: {{{checked}}}\n',
    )
    if told:
        with pytest.raises(StudyError, match=re.escape(told)):
            read_study(texts(plan=planned), "instruments/small", schemas)
    else:
        read_study(texts(plan=planned), "instruments/small", schemas)
