"""The report shows how unequal weights are, and the sample beside its population."""

from __future__ import annotations

from itertools import chain

import pandas as pd
import pytest
from plans import plan_of
from small_study import PLAN, STUDY

from coproduction.report.blocks import Table
from coproduction.report.document import compose
from coproduction.report.withheld import withhold

WEIGHTS, MARGINS = "cleaning/weights.csv", "cleaning/weight_margins.csv"


@pytest.fixture
def weighted(tables):
    steps = pd.DataFrame(
        {
            "step": ["base", "fitted"],
            "frame": ["all", "address"],
            "n": [300, 200],
            "total": [9e3, 8e3],
            "mean": [30.0, 40.0],
            "lowest": [1.0, 2.0],
            "highest": [90.5, 80.5],
            "design_effect": [1.31, 1.22],
            "effective_n": [229.0, 163.9],
            "n_limited": [0, 7],
            "synthetic": True,
        }
    )
    shares = {"sample_share": [0.61, None], "before_share": [0.57, None]}
    shares |= {"weighted_share": [0.55, None], "population_share": [0.55, 0.45]}
    margins = pd.DataFrame({"item": "t1", "value": ["1", "2 3"], "n": [183, None], **shares})
    return {**tables, WEIGHTS: steps, MARGINS: margins.assign(synthetic=True)}


def shown(language, tables, people, planned) -> dict[str, Table]:
    plan, provenance = planned
    document = compose(language, tables, people, STUDY, plan_of(plan), provenance)
    blocks = [block for section in document.sections for block in section.blocks]
    return {block.file: block for block in blocks if isinstance(block, Table)}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["drawn", "and margins", "All", "Design effect", "Population"]),
        ("zh-CN", ["抽样", "并合边际", "全部", "设计效应", "总体"]),
    ],
)
def test_weights_and_margins_are_tables_in_every_language(
    language, words, weighted, people, planned
):
    found = shown(language, weighted, people, planned)
    steps, margins = found[WEIGHTS], found[MARGINS]
    told = [*(name for name, _ in (*steps.columns, *margins.columns)), *chain(*steps.rows)]
    assert set(words) <= set(told)
    assert {"1.310", "7"} <= set(told)
    assert [row[-1] for row in margins.rows] == ["55.0%", "45.0%"]


def test_a_study_without_weights_shows_neither(tables, people, planned):
    found = shown("en", tables, people, planned)
    assert WEIGHTS not in found and MARGINS not in found


def test_what_stands_for_few_people_is_blank_weighted_or_not(tables, people):
    shares = {"share": [0.01, 0.39, 0.6], "weighted_share": [0.02, 0.38, 0.6]}
    ends = {"weighted_conf_low": [0.0, 0.3, 0.5], "weighted_conf_high": [0.1, 0.4, 0.7]}
    rows = pd.DataFrame({"item": "t1", "value": ["1", "2", "3"], "n": [3, 117, 180]})
    named = {"sample_share": shares["share"], "before_share": shares["share"]}
    told = withhold(
        {
            **tables,
            "measurement/sample.csv": rows.assign(**shares, **ends),
            MARGINS: rows.assign(**named, weighted_share=shares["weighted_share"]),
        },
        people,
        plan_of(PLAN),
        5,
    )
    for file, names in (("measurement/sample.csv", [*shares, *ends]), (MARGINS, [*named])):
        blank = told[file][[*names, "n", "weighted_share"]].isna()
        assert blank.iloc[:2].all(axis=None) and not blank.iloc[2].any()
