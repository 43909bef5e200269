"""The ladder of invariance under dependence within communities.

`nested` in test_invariance.py holds communities within groups against lavaan, which takes groups as
independent. Here communities reach across groups: standard errors and scaling factors are those of
lavaan's casewise scores, added up over all groups of a community by the reference script.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import group_comparison_of

from coproduction.errors import StudyError
from coproduction.measurement.factor.confirmatory import confirmatory, fit_continuous
from coproduction.measurement.factor.incomplete_normal import sample
from coproduction.measurement.factor.specification import specification
from coproduction.measurement.fit.modification import modification_indices
from coproduction.measurement.fit.score import score_tests
from coproduction.measurement.invariance.ladder import invariance
from coproduction.measurement.invariance.models import CONTINUOUS, invariance_model
from coproduction.measurement.invariance.steps import Invariance, Rule
from coproduction.measurement.planned.groups import compare_groups
from coproduction.notes import sentence, sentences
from coproduction.rows import clustered, rows_across, rows_of

FOLDER = Path(__file__).parents[2] / "reference" / "invariance"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))["crossed"]
USUAL = Rule(cfi_drop=0.010, rmsea_rise=0.015)
NEVER = Rule(cfi_drop=1, rmsea_rise=1)
ALWAYS = Rule(cfi_drop=-1, rmsea_rise=0.015)
COMMUNITIES = 48


def behind(letter: str) -> dict:
    names = [f"{letter}{number}" for number in range(1, 9)]
    return {"factors": {"a": names[:4], "b": names[4:]}}


@pytest.fixture(scope="module")
def nested() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "nested.csv")


@pytest.fixture(scope="module")
def crossed(nested) -> Invariance:
    rows = rows_of(nested, "community")
    return invariance(nested, behind("y"), nested["sex"], "MLR", NEVER, rows)


def errors(found: Invariance) -> list[np.ndarray]:
    return [step.fit.parameters["std_error"].to_numpy() for step in found.steps]


def test_standard_errors_count_what_groups_share(crossed):
    assert [step.name for step in crossed.steps] == list(REFERENCE)
    assert crossed.n_clusters == COMMUNITIES
    for step in crossed.steps:
        reference = REFERENCE[step.name]
        table = pd.DataFrame(reference["parameters"])[["lhs", "op", "rhs", "group"]]
        table["std_error"] = reference["stacked"]["std_error"]
        operator = table["op"].replace("~1", "~ 1")
        terms = (table["lhs"] + " " + operator + " " + table["rhs"]).str.strip()
        expected = table.set_index([table["group"].astype(str), terms])["std_error"]
        found = step.fit.parameters.set_index(["group", "term"])["std_error"].dropna()
        np.testing.assert_allclose(found, expected[found.index], rtol=1e-4, err_msg=step.name)


def test_tests_count_what_groups_share(crossed):
    before = None
    for step in crossed.steps:
        reference = REFERENCE[step.name]
        fit, scaling = step.fit.fit, reference["stacked"]["scaling"]
        assert fit["scaling"] == pytest.approx(scaling, rel=1e-4)
        assert fit["chisq"] == pytest.approx(reference["fit"]["chisq"], rel=1e-4)
        if before is not None:
            now, then = (each["fit"]["df"] for each in (reference, before))
            expected = (now * scaling - then * before["stacked"]["scaling"]) / (now - then)
            assert step.difference.df == now - then
            assert step.difference.scaling == pytest.approx(expected, rel=1e-3)
        before = reference
    # lavaan, which leaves out the covariance between groups, scales each step differently.
    apart = [
        REFERENCE[s.name]["fit"]["chisq.scaling.factor"] / s.fit.fit["scaling"]
        for s in crossed.steps
    ]
    assert apart[0] == pytest.approx(1, rel=1e-4) and min(apart[2:]) > 1.1


@pytest.mark.parametrize(("estimator", "letter"), [("WLSMV", "x"), ("MLR", "y"), ("FIML", "y")])
def test_single_respondents_are_independent_up_to_the_correction(nested, estimator, letter):
    items = nested.mask(nested["y1"] > 3) if estimator == "FIML" else nested
    items, groups = items[list(behind(letter)["factors"]["a"])], nested["sex"]
    model = {"factors": {"a": list(items)}}
    alone = invariance(items, model, groups, estimator, NEVER)
    rows = clustered(pd.Series(nested.index))
    single = invariance(items, model, groups, estimator, NEVER, rows)
    assert alone.n_clusters is None and single.n_clusters == len(items.dropna(how="all"))
    # WLSMV counts n − 1 in each group anyway; MLR counts n. Traces are estimated in another way.
    rtol = 1e-7 if estimator == "WLSMV" else 3e-3
    for one, other in zip(errors(single), errors(alone), strict=True):
        np.testing.assert_allclose(one, other, rtol=rtol)
    for one, other in zip(single.steps[1:], alone.steps[1:], strict=True):
        assert one.difference.chisq == other.difference.chisq
        ours, theirs = one.difference.scaled, other.difference.scaled
        assert ours.chisq == pytest.approx(theirs.chisq, rel=0.02, abs=0.02)


@pytest.mark.parametrize(("estimator", "letter"), [("WLSMV", "x"), ("MLR", "y")])
def test_copies_within_clusters_add_nothing(nested, estimator, letter):
    copies = pd.concat([nested] * 2, ignore_index=True)
    found = [
        invariance(data, behind(letter), data["sex"], estimator, NEVER, rows_of(data, "community"))
        for data in (nested, copies)
    ]
    assert found[0].n_clusters == found[1].n_clusters == COMMUNITIES
    for once, twice in zip(*map(errors, found), strict=True):
        np.testing.assert_allclose(twice, once, rtol=1e-4, atol=1e-9)
    for once, twice in zip(found[0].steps[1:], found[1].steps[1:], strict=True):
        ours, theirs = twice.difference.scaled, once.difference.scaled
        # Least squares counts n − 1 in each group.
        assert ours.chisq == pytest.approx(theirs.chisq, rel=1e-2)


def test_names_and_order_of_communities_do_not_matter(nested):
    mixed = nested.sample(frac=1, random_state=3)
    renamed = "c" + ((mixed["community"] * 31) % 97).astype(str)
    names = list(behind("x")["factors"]["a"])
    model = {"factors": {"a": names}}
    one = invariance(nested, model, nested["sex"], "WLSMV", NEVER, rows_of(nested, "community"))
    other = invariance(mixed, model, mixed["sex"], "WLSMV", NEVER, clustered(renamed))
    for first, second in zip(errors(one), errors(other), strict=True):
        np.testing.assert_allclose(second, first, rtol=1e-6)


def test_groups_that_are_one_cluster_each_are_independent(nested):
    names = list(behind("x")["factors"]["a"])
    model = {"factors": {"a": names}}
    region = nested["region"]
    alone = invariance(nested, model, region, "WLSMV", NEVER)
    whole = invariance(nested, model, region, "WLSMV", NEVER, clustered(region))
    assert whole.n_clusters is None
    for first, second in zip(errors(alone), errors(whole), strict=True):
        np.testing.assert_array_equal(first, second)


def test_clusters_that_say_too_little_are_named(nested):
    model, region = behind("y"), nested["region"]
    halves = region.where(region == 1, 1 + nested["community"])
    with pytest.raises(StudyError, match="Group `1` lies within one cluster"):
        invariance(nested, model, region, "MLR", USUAL, clustered(halves))
    unknown = nested["community"].where(nested.index > 2)
    with pytest.raises(StudyError, match="cluster of 3 respondents is unknown"):
        invariance(nested, behind("x"), region, "WLSMV", USUAL, clustered(unknown))
    found = invariance(
        nested, model, nested["sex"], "MLR", USUAL, clustered(nested["community"] % 9)
    )
    assert any("9 clusters only" in sentence(note) for note in found.warnings)
    assert found.n_clusters == 9
    few = nested["community"].where(nested["region"] == 1, nested["community"] % 7)
    found = invariance(nested, model, region, "MLR", USUAL, clustered(few))
    assert any("7 clusters only" in sentence(note) for note in found.warnings)
    plain = invariance(nested, model, nested["sex"], "ML", USUAL, clustered(unknown))
    assert plain.n_clusters is None


@pytest.mark.parametrize("estimator", ["WLSMV", "MLR"])
def test_the_score_test_of_one_parameter_is_that_of_the_modification_index(nested, estimator):
    """A fixed covariance of residuals set free, by two roads."""
    names = [f"x{number}" for number in range(1, 9)]
    free = behind("x") | {"residual_covariances": [["x1", "x6"]]}
    about = {"rows": rows_of(nested, "community"), "means": estimator == "MLR"}
    narrow = confirmatory(nested, free | {"fixed": {"x1 ~~ x6": 0.0}}, estimator, **about)
    wide = confirmatory(nested, free, estimator, **about)
    test = score_tests(narrow, {"x1 ~~ x6": wide.model}, wide.model)["x1 ~~ x6"]
    bare = confirmatory(nested[[*names]], behind("x"), estimator, **about)
    table = modification_indices(bare.objective, bare.estimates).set_index("term")
    assert test.df == 1
    assert test.chisq == pytest.approx(table.loc["x1 ~~ x6", "statistic"], rel=1e-5)


def test_releases_are_ranked_by_tests_that_allow_for_clusters(nested):
    spec, names = specification(behind("y")), ("1", "2")
    parts = [nested[nested["region"] == group] for group in (1, 2)]
    released = [f"{item} ~ 1" for item in spec.items]
    held = CONTINUOUS["scalar"]
    model = invariance_model(spec, names, held)
    rivals = {term: invariance_model(spec, names, held, (term,)) for term in released}
    free = invariance_model(spec, names, held, released)
    found, answers = [], [part[list(spec.items)].to_numpy(float) for part in parts]
    for rows in (rows_of(nested), rows_of(nested, "community")):
        inside = rows_across(rows, parts, names, "cluster").split([len(part) for part in parts])
        samples = [sample(*each) for each in zip(answers, inside, strict=True)]
        fit = fit_continuous(model, samples, "MLR")
        found.append([test.chisq for test in score_tests(fit, rivals, free).values()])
    assert len(found[1]) == 8
    # Answers differ between the communities that make up a region.
    assert np.median(np.array(found[1]) / found[0]) < 0.6


def test_a_planned_comparison_counts_its_clusters(nested):
    entry = {"id": "homes", "group": "sex", "constructs": ["a", "b"], "estimator": "MLR"}
    factors, items = (
        behind("y")["factors"],
        nested[behind("y")["factors"]["a"] + behind("y")["factors"]["b"]],
    )
    sex = nested["sex"].where(nested.index > 400, 1).mask(nested.index > 820, 3).astype(float)
    found = compare_groups(
        group_comparison_of(entry), items, sex, factors, rows=rows_of(nested, "community")
    )
    assert (found.invariance["n_clusters"] == 46).all()
    assert found.invariance_groups["role"].tolist() == ["ladder", "ladder", "mimic"]
    assert (found.functioning["decision"] != "failed").all()
    assert found.functioning["n_clusters"].between(40, COMMUNITIES).all()
    assert found.functioning["warning"].map(sentences).str.contains("clusters only").all()
    apart = compare_groups(group_comparison_of(entry), items, sex, factors)
    assert apart.invariance["n_clusters"].isna().all()
    lonely = nested["community"].mask(sex == 3, 99)
    found = compare_groups(group_comparison_of(entry), items, sex, factors, rows=clustered(lonely))
    assert (found.functioning["decision"] == "failed").all()
    assert found.functioning["warning"].map(sentences).str.contains("lies within one cluster").all()
