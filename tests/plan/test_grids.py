"""What the block `grids` refuses before any data: with file, line, key and remedy."""

from __future__ import annotations

import pytest
from every_block import PLAN, texts

from coproduction.errors import StudyError
from coproduction.plan.plan import Plan
from coproduction.study import read_study

WHERE = '{where: {flagged_rows: [careful], missing: [primary]}, reason: {en: "Imputed."}}'
CASES = {
    # text of the sound plan: what stands in its place, where it is refused, and with which words
    "id: careful\n": ("id: primary\n", "dimensions.flagged_rows.0.id", "names the choice of the"),
    "id: freed_too": ("id: scores", "dimensions.measure.1.id", "`scores` stands twice"),
    "constructs: [trust]}\n      cov": (
        "constructs: [pay]}\n      cov",
        "dimensions.measure.1.constructs.0",
        "`pay` is no predictor of `plain`",
    ),
    ", without: [age]}\n      weights": (
        ", without: [trust]}\n      weights",
        "dimensions.subset.0.without.0",
        "`trust` is no covariate of `plain`",
    ),
    "add: [rooms, ": ("add: [pay, ", "dimensions.covariates.0.add.0", "`pay` stands twice"),
    "hypotheses: [H6]": ("hypotheses: [H6, H1]", "hypotheses", "rest on different models"),
    'reason: {en: "One."}': ('reason: {zh: "一"}', "left_out_clusters.reason", "not worded in en"),
    f"      - {WHERE}\n": (
        "",
        "dimensions.flagged_rows.0.flagged_rows",
        "combine it with `missing: complete` only",
    ),
    "{outcome: [other], family: [probit]}": (
        "{outcome: [other], family: [primary]}",
        "dimensions",
        "both set `family`; name the combination under `excluded`",
    ),
    "{flagged_rows: [careful], missing: [primary]}": (
        "{missing: [primary]}",
        "excluded.1",
        "would exclude the primary specification itself",
    ),
    "{subset: [old], weights: [counted], covariates: [fewer], measure: [scores]}": (
        "{family: [probit]}",
        "dimensions.family.0",
        "every combination with it is excluded",
    ),
}


def refused(schemas, text: str) -> str:
    with pytest.raises(StudyError) as error:
        read_study({**texts(), "plan.yaml": text}, "instruments/small", schemas)
    return str(error.value)


@pytest.mark.parametrize("sound", CASES)
def test_a_grid_that_makes_no_sense_is_refused_where_it_stands(schemas, sound):
    wrong, key, words = CASES[sound]
    assert PLAN.count(sound) == 1
    told = refused(schemas, PLAN.replace(sound, wrong))
    lines = [each for each in told.split("\n") if f", grids.0.{key}: " in each]
    assert any(words in each for each in lines), told
    assert all("instruments/small/plan.yaml, line " in each for each in told.split("\n"))


def test_every_alternative_needs_its_reason(schemas):
    told = refused(
        schemas, PLAN.replace(', reason: {en: "W."}, family: probit', ", family: probit")
    )
    assert "grids.0.dimensions.family.0: the key `reason` is missing." in told


def test_the_old_key_is_refused_with_the_new_spelling(schemas):
    told = refused(schemas, PLAN + "specifications: {outcomes: [busy]}\n")
    assert "`specifications` is no longer read here" in told and "`grids`" in told


def test_weights_that_the_study_does_not_have_are_refused(schemas):
    told = refused(schemas, PLAN.replace("weights: none}", "weights: study}"))
    assert "grids.0.dimensions.weights.0.weights: the study has no block `weights`" in told


def test_what_the_diagram_forbids_is_refused(schemas):
    edges = "edges: [[trust, work]]"
    nodes = "role: outcome}\n"
    sound = PLAN.replace(edges, "edges: [[trust, work], [trust, mood]]")
    sound = sound.replace(nodes, f'{nodes}    - {{id: mood, label: {{en: "Mood"}}}}\n')
    told = refused(schemas, sound)
    assert "grids.0.dimensions.covariates.0: " in told
    assert "`mood`, which by the diagram follows from `trust`" in told


def test_an_outcome_that_the_exposure_follows_from_is_refused(schemas):
    sound = PLAN.replace("edges: [[trust, work]]", "edges: [[trust, work], [rooms, trust]]")
    sound = sound.replace("role: outcome}\n", "role: outcome}\n    - {id: rooms}\n")
    sound = sound.replace("add: [rooms, ", "add: [")
    told = refused(schemas, sound.replace("outcome: many\n", "outcome: rooms\n"))
    assert "grids.0.dimensions.outcome.0: by the diagram `trust` follows from `rooms`" in told


def test_estimates_at_values_and_of_products_have_no_grid(schemas):
    for name, words in (("H1", "sets everyone at values"), ("H2", "about no single term")):
        told = refused(schemas, PLAN.replace("hypotheses: [H6]", f"hypotheses: [{name}]"))
        assert words in told


def test_imputed_cells_are_part_of_what_is_imputed_and_complete_ones_are_not(schemas):
    plan: Plan = read_study(texts(), "instruments/small", schemas).plan
    cells = plan.cells["choices"]
    complete = {each.number for each in cells if each.choices["missing"] == "complete"}
    imputed = {each.id for each in plan.imputed_cells}
    assert imputed == {each.model.id for each in cells if each.number not in complete}
    assert {"hope", "rooms"} <= {name for each in plan.imputing for name in each.names}
    assert len(plan.imputing) < len(plan.imputed) + len(plan.imputed_cells)


def test_a_grid_of_more_combinations_than_anybody_can_read_is_refused(schemas):
    (line,) = (each for each in PLAN.split("\n") if "{id: old, " in each)
    many = "\n".join(line.replace("id: old", f"id: old{n}") for n in range(40))
    told = refused(schemas, PLAN.replace(line, f"{line}\n{many}"))
    assert "has 16,128 combinations, and a grid at most 10,000; name fewer" in told
