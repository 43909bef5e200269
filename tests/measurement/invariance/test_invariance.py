"""The ladder of invariance against lavaan and semTools; see tests/reference/invariance.

lavaan stops where the gradient is small, which leaves its estimates within 2e-6 of the optimum and
a difference of two statistics within 1e-4 relative. The two groups differ in four known places and
the ladder must find exactly these.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import Refusal, StudyError
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.fit.difference import difference_test
from coproduction.measurement.fit.score import score_tests
from coproduction.measurement.invariance import ladder as module
from coproduction.measurement.invariance.ladder import invariance
from coproduction.measurement.invariance.models import CONTINUOUS, ORDINAL, invariance_model
from coproduction.measurement.invariance.steps import Invariance, Rule, Step
from coproduction.measurement.ordinal.sparse_categories import join_sparse_categories
from coproduction.notes import Note, sentence
from coproduction.rows import rows_of

FOLDER = Path(__file__).parents[2] / "reference" / "invariance"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
USUAL = Rule(cfi_drop=0.010, rmsea_rise=0.015)
LETTERS = {"ml": "y", "mlr": "y", "wlsmv": "x", "mixed": "z", "nested": "y"}
ESTIMATORS = {"ml": "ML", "mlr": "MLR", "wlsmv": "WLSMV", "mixed": "WLSMV", "nested": "MLR"}
FIT = {
    "n_parameters": "npar", "chisq": "chisq", "df": "df", "p_value": "pvalue", "cfi": "cfi",
    "tli": "tli", "rmsea": "rmsea", "rmsea_conf_low": "rmsea.ci.lower",
    "rmsea_conf_high": "rmsea.ci.upper", "rmsea_p_close": "rmsea.pvalue",
    "baseline_chisq": "baseline.chisq", "baseline_df": "baseline.df",
    "baseline_p_value": "baseline.pvalue",
}  # fmt: skip
SINGLE = {
    "srmr": "srmr", "scaling": "chisq.scaling.factor", "log_likelihood": "logl",
    "log_likelihood_saturated": "unrestricted.logl", "aic": "aic", "bic": "bic",
    "bic_adjusted": "bic2", "n": "ntotal", "scaling_parameters": "scaling.factor.h0",
    "scaling_saturated": "scaling.factor.h1",
    "baseline_scaling": "baseline.chisq.scaling.factor", "shift": "shift",
    "baseline_shift": "baseline_shift",
}  # fmt: skip
OPERATORS = {"~1": "~ 1"}
ORDINAL_CASES = ("wlsmv", "mixed")


def behind(letter: str) -> dict:
    names = [f"{letter}{number}" for number in range(1, 9)]
    return {"factors": {"a": names[:4], "b": names[4:]}}


def answers(case: str) -> pd.DataFrame:
    if case == "mixed":
        return pd.read_csv(FOLDER / "mixed.csv")
    if case == "nested":
        return pd.read_csv(FOLDER / "nested.csv").rename(columns={"region": "group"})
    items = pd.read_csv(FOLDER / "items.csv")
    return items[items["group"] < 3]


@pytest.fixture(scope="module")
def ladders() -> dict[str, Invariance]:
    found = {}
    for case, letter in LETTERS.items():
        items = answers(case)
        rows = rows_of(items, "community" if "community" in items else None)
        about = {"estimator": ESTIMATORS[case], "rule": USUAL, "rows": rows}
        found[case] = invariance(items, behind(letter), items["group"], **about)
    return found


def named(step: Step, partial: tuple[str, ...] = ("partial", "released")) -> str:
    return f"{step.name} partial" if step.decision in partial else step.name


@pytest.mark.parametrize("case", LETTERS)
def test_the_ladder_finds_what_differs_and_nothing_else(ladders, case):
    decisions = {
        "ml": {"metric": "b =~ y6", "scalar": "y4 ~ 1"},
        "mlr": {"metric": "b =~ y6", "scalar": "y4 ~ 1"},
        "wlsmv": {"thresholds": "x2 | t2", "loadings": "b =~ x6", "intercepts": "x4 ~ 1"},
        "mixed": {"loadings": "a =~ z2", "intercepts": "z5 ~ 1"},
        "nested": {},
    }[case]
    found = ladders[case]
    assert {release.step: release.term for release in found.releases} == decisions
    assert [named(step) for step in found.steps] == list(REFERENCE[case])
    for step in found.steps[1:]:
        partial = named(step) != step.name
        rejected = step.name in decisions and not partial
        expected = "partial" if partial else "rejected" if rejected else "holds"
        assert step.decision == expected
    assert found.steps[0].decision == "reference" and found.steps[0].changes == {}
    few = "The answers of one group come from 16 clusters only"
    told = [sentence(note).split(",")[0] for note in found.warnings]
    assert told == ([few] if case == "nested" else [])
    assert sum(found.n) == len(answers(case))


@pytest.mark.parametrize("case", LETTERS)
def test_every_estimate_equals_lavaan(ladders, case):
    for step in ladders[case].steps:
        table = pd.DataFrame(REFERENCE[case][named(step)]["parameters"])
        table = table[~table["op"].isin(["==", ":="])]
        operator = table["op"].replace(OPERATORS)
        terms = (table["lhs"] + " " + operator + " " + table["rhs"].fillna("")).str.strip()
        groups = np.array(ladders[case].groups)[table["group"].astype(int) - 1]
        expected = table.set_index([groups, terms])
        found = step.fit.parameters.set_index(["group", "term"])
        shared = found.index.intersection(expected.index)
        assert not set(found.index[found["std_error"].notna()]) - set(shared)
        ours, theirs = found.loc[shared], expected.loc[shared]
        free = ours["std_error"].notna()
        estimate = theirs["estimate"].astype(float)
        np.testing.assert_allclose(ours["estimate"], estimate, atol=1e-5, rtol=1e-5)
        for column in ("std_error", "statistic", "p_value", "conf_low", "conf_high"):
            mine, reference = ours.loc[free, column], theirs.loc[free, column].astype(float)
            np.testing.assert_allclose(mine, reference, atol=2e-5, rtol=1e-4, err_msg=column)


@pytest.mark.parametrize("case", LETTERS)
def test_every_fit_measure_equals_lavaan(ladders, case):
    for step in ladders[case].steps:
        reference = REFERENCE[case][named(step)]["fit"]
        compared = 0
        for name, value in step.fit.fit.items():
            base, _, version = name.rpartition("_")
            suffix = version if version in ("scaled", "robust") else ""
            label = SINGLE.get(name) or FIT[base if suffix else name] + (
                f".{suffix}" if suffix else ""
            )
            # lavaan divides it by the number of parameters before any are set equal.
            if label not in reference or name == "scaling_parameters":
                continue
            # lavaan counts the expectation of the baseline once for every group.
            if case in ORDINAL_CASES and name in ("cfi_robust", "tli_robust"):
                continue
            compared += 1
            assert value == pytest.approx(reference[label], rel=1e-4, abs=2e-6), (named(step), name)
        # lavaan leaves them out where it cannot map a step's parameters to normal ones.
        robust = step.fit.fit.index.str.endswith("_robust").sum() if case in ORDINAL_CASES else 0
        assert compared >= len(step.fit.fit) - 3 - robust


@pytest.mark.parametrize("case", LETTERS)
def test_difference_tests_equal_lavaan(ladders, case):
    for step in ladders[case].steps[1:]:
        expected = REFERENCE[case][named(step)]["difference"]
        scaled = step.difference.scaled
        assert step.difference.df == scaled.df == expected["df"]
        assert scaled.chisq == pytest.approx(expected["chisq"], rel=1e-4), named(step)
        assert scaled.p_value == pytest.approx(expected["p_value"], rel=2e-3, abs=1e-12)


@pytest.mark.parametrize("case", LETTERS)
def test_changes_are_those_of_the_fit_measures_that_the_rule_names(ladders, case):
    suffix = {"ML": "", "MLR": ".robust", "WLSMV": ".scaled"}[ESTIMATORS[case]]
    before = None
    for step in ladders[case].steps:
        now = REFERENCE[case][named(step)]["fit"]
        if before is not None:
            for measure, label in (
                ("cfi", f"cfi{suffix}"),
                ("rmsea", f"rmsea{suffix}"),
                ("srmr", "srmr"),
            ):
                assert step.changes[measure] == pytest.approx(now[label] - before[label], abs=2e-6)
        before = before if step.decision == "rejected" else now


def corrected(step: Step) -> float:
    """Factor by which lavaan's score test of WLSMV, which mixes N and N − G, differs from N − G."""
    n = sum(step.fit.estimates.n)
    return n / step.fit.estimates.multiplier if step.fit.estimator == "WLSMV" else 1.0


def in_group(group: int, rival: FactorModel, model: FactorModel) -> FactorModel:
    """Keep what a rival sets free in one group only."""
    pairs = zip(rival.parameters, model.parameters, strict=True)
    chosen = (wide if wide.group == group else narrow for wide, narrow in pairs)
    return replace(rival, parameters=tuple(chosen))


@pytest.mark.parametrize("case", LETTERS)
def test_score_tests_equal_lavaan(ladders, case):
    steps = ORDINAL if ESTIMATORS[case] == "WLSMV" else CONTINUOUS
    for step in ladders[case].steps:
        expected = REFERENCE[case][named(step)].get("scores")
        if not expected:
            continue
        expected = {name.strip().replace("~1", "~ 1"): value for name, value in expected.items()}
        held, model = steps[step.name], step.fit.model
        names = model.groups

        def laid(*released, step=step, held=held, model=model, names=names):
            free = (*step.released, *released)
            return invariance_model(model.specification, names, held, free, model.thresholds)

        rivals, df = {term: laid(term) for term in expected}, len(names) - 1
        if case == "mixed" and step.name == "intercepts":
            # lavaan adds to fixed values one group at a time; the reference is of the second.
            rivals, df = {term: in_group(1, rival, model) for term, rival in rivals.items()}, 1
        found = score_tests(step.fit, rivals, laid(*expected))
        for term, test in found.items():
            value = expected[term] * corrected(step)
            assert test.chisq == pytest.approx(value, rel=1e-3, abs=1e-4), term
            assert test.df == df
        if case != "mixed":
            assert set(found) == set(expected)
    for release in ladders[case].releases:
        if case == "mixed" and release.step == "intercepts":
            continue
        term = release.term.replace("~ 1", "~1 ")
        expected = REFERENCE[case][release.step]["scores"][term]
        value = expected * corrected(ladders[case].steps[0])
        assert release.test.chisq == pytest.approx(value, rel=1e-3)


def test_equal_thresholds_restrict_three_categories_in_nothing():
    items = answers("mixed")
    three = pd.DataFrame({f"w{j}": items[f"z{j}"].clip(upper=3) for j in (2, 3, 4, 6)})
    ladder = invariance(three, {"factors": {"a": list(three)}}, items["group"], "WLSMV", USUAL)
    assert ladder.steps[1].decision == "equivalent" and ladder.steps[1].difference.df == 0
    assert ladder.steps[1].fit.fit["chisq"] == pytest.approx(ladder.steps[0].fit.fit["chisq"])


def test_two_categories_are_first_restricted_by_equal_intercepts():
    items = answers("items")
    two = pd.DataFrame({f"w{j}": (items[f"x{j}"] > 3).astype(float) for j in range(1, 6)})
    ladder = invariance(two, {"factors": {"a": list(two)}}, items["group"], "WLSMV", USUAL)
    assert [step.decision for step in ladder.steps[:3]] == ["reference", "equivalent", "equivalent"]
    assert ladder.steps[3].difference.df == 5 - 2


def test_the_ladder_ends_where_two_items_no_longer_hold():
    items = answers("items").assign(y5=lambda d: d["y5"] + 2 * (d["group"] == 2))
    items["y6"] -= 2 * (items["group"] == 2)
    items["y7"] += 4 * (items["group"] == 2)
    model = {"factors": {"b": ["y5", "y6", "y7", "y8"]}}
    ladder = invariance(items, model, items["group"], "MLR", USUAL)
    last = ladder.steps[-1]
    assert (last.name, last.decision) == ("scalar", "released")
    assert len([r for r in ladder.releases if r.step == "scalar"]) == 2


def test_a_step_that_cannot_be_fitted_ends_the_ladder_and_leaves_the_steps_before(monkeypatch):
    fitted = module.fit_continuous

    def failing(model, *arguments):
        if any(p.kind == "intercept" and p.label for p in model.parameters):
            raise Refusal("no_optimum", names=["y"])
        return fitted(model, *arguments)

    monkeypatch.setattr(module, "fit_continuous", failing)
    items = answers("items")
    ladder = invariance(items, behind("y"), items["group"], "ML", USUAL)
    assert ladder.failure == ("scalar", Note("no_optimum", {"names": ["y"]}))
    assert [named(step) for step in ladder.steps] == ["configural", "metric", "metric partial"]


def test_a_stricter_rule_rejects_more():
    items = answers("items")
    loose = Rule(cfi_drop=0.5, rmsea_rise=0.5)
    calm = invariance(items, behind("y"), items["group"], "MLR", loose)
    assert [step.decision for step in calm.steps[1:]] == ["holds"] * 3 and not calm.releases
    tested = Rule(cfi_drop=0.5, rmsea_rise=0.5, p_value=0.05)
    strict = invariance(items, behind("y"), items["group"], "MLR", tested)
    assert strict.steps[1].decision == "rejected"


def test_a_category_that_a_group_lacks_is_joined_and_said():
    items = answers("items")
    items.loc[items["group"] == 2, "x1"] = items.loc[items["group"] == 2, "x1"].clip(lower=2)
    joined, notes = join_sparse_categories(items[["x1", "x2"]], items["group"])
    values = {"group": "2", "name": "x1", "answer": "1", "other": "2"}
    assert notes == (Note("category_joined", values),)
    assert joined["x1"].min() == 2 and joined["x2"].equals(items["x2"])
    ladder = invariance(items, behind("x"), items["group"], "WLSMV", USUAL)
    assert ladder.warnings[0] == notes[0]


@pytest.mark.parametrize(
    ("model", "groups", "words"),
    [
        (
            {"factors": {"a": ["y1", "y2", "y3"], "b": ["y3", "y4", "y5"]}},
            None,
            "`y3` is behind two",
        ),
        ({"factors": {"a": ["y1", "y2", "y3"]}}, 1, "Fewer than two groups"),
        (
            {"factors": {"a": ["y1", "y2", "y3"]}, "residual_covariances": [["y1", "y2"]]},
            None,
            "first-order factors",
        ),
    ],
)
def test_what_has_no_ladder_is_refused_with_a_reason(model, groups, words):
    items = answers("items")
    given = items["group"] if groups is None else pd.Series(groups, items.index)
    with pytest.raises(StudyError, match=words):
        invariance(items, model, given, "MLR", USUAL)


def test_a_two_category_item_that_a_group_answers_alike_is_refused():
    items = answers("items").assign(w=lambda d: np.where(d["group"] == 1, d["x1"] > 3, 1))
    with pytest.raises(StudyError, match="`w`, which has two"):
        join_sparse_categories(items[["w"]].astype(float), items["group"])


def test_models_that_are_not_nested_so_are_not_compared(ladders):
    first, second = (ladders["mlr"].steps[place].fit for place in (0, 1))
    with pytest.raises(StudyError, match="more parameters"):
        difference_test(first, second)
    with pytest.raises(StudyError, match="the same estimator"):
        difference_test(second, ladders["ml"].steps[0].fit)
