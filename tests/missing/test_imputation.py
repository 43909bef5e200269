from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.missing.chain import _State
from coproduction.missing.convergence import potential_reduction, unsettled
from coproduction.missing.imputation import CHAIN_COLUMNS, impute
from coproduction.missing.layout import layout
from coproduction.missing.problem import Passive, Problem, Target
from coproduction.notes import read


def target(name: str, values: np.ndarray, method: str = "pmm", asked: object = True) -> Target:
    return Target(name, values, np.isnan(values) & asked, method)


def answers(n: int = 400, seed: int = 5) -> dict[str, np.ndarray]:
    """Complete answers of one latent variable: no function of the library makes them."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=n)
    shares = np.exp(np.column_stack([np.zeros(n), latent, -latent]))
    chosen = rng.random(n)[:, None] > np.cumsum(shares / shares.sum(1, keepdims=True), axis=1)
    return {
        "score": latent + rng.normal(size=n),
        "item": np.clip(np.round(3 + latent + rng.normal(size=n)), 1, 5),
        "served": (latent + rng.logistic(size=n) > 0).astype(float),
        "grade": np.digitize(latent + rng.logistic(size=n), [-1, 0.5, 2]).astype(float),
        "place": chosen.sum(axis=1).astype(float),
    }


METHODS = {"score": "pmm", "item": "pmm", "served": "logit", "grade": "ordinal", "place": "nominal"}


def holed(share: float = 0.3, n: int = 400) -> tuple[dict[str, np.ndarray], Problem]:
    """Complete answers, and the problem that is left where high scores answer less."""
    whole = answers(n)
    chance = 2 * share / (1 + np.exp(-2 * whole["score"]))
    rng = np.random.default_rng(6)
    found = {"score": whole["score"]} | {
        name: np.where(rng.random(n) < chance, np.nan, whole[name]) for name in list(whole)[1:]
    }
    made = tuple(target(name, values, METHODS[name]) for name, values in found.items())
    return whole, Problem(made)


def filled(problem: Problem, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    found = {}
    for each in problem.targets:
        found[each.name] = each.values.copy()
        found[each.name][each.missing] = values[each.name]
    return found


@pytest.mark.parametrize("cores", [1, 2])
def test_an_imputation_depends_on_its_own_seed_alone(cores):
    _, problem = holed()
    few, many = impute(problem, 2, 3, seed=9, cores=cores), impute(problem, 4, 3, seed=9)
    for one, other in zip(few.completed, many.completed[:2], strict=True):
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name])
    assert any((many.completed[2][name] != many.completed[3][name]).any() for name in METHODS)
    other_seed = impute(problem, 2, 3, seed=10)
    assert any((few.completed[0][x] != other_seed.completed[0][x]).any() for x in METHODS)


def test_every_imputed_value_is_one_that_somebody_gave():
    _, problem = holed()
    (values,) = impute(problem, 1, 2, seed=1).completed
    for each in problem.targets:
        assert len(values[each.name]) == each.missing.sum()
        assert set(values[each.name]) <= set(each.values[each.observed])


def test_what_was_not_asked_is_never_imputed_and_still_predicts():
    whole, _ = holed()
    asked = whole["served"] == 1
    hours = np.where(asked, 3 + whole["item"], np.nan)
    hours[np.flatnonzero(asked)[:20]] = np.nan
    item = np.where(np.arange(400) < 40, np.nan, whole["item"])
    problem = Problem((target("item", item), target("hours", hours, asked=asked)))
    (values,) = impute(problem, 1, 5, seed=1).completed
    assert len(values["hours"]) == 20
    served = asked[:40]
    known = served & ~np.isnan(hours[:40])
    np.testing.assert_array_equal(values["item"][known] + 3, hours[:40][known])
    assert (values["item"][~served] + 3 != hours[:40][~served]).any()


def test_answers_missing_by_what_is_seen_get_the_distribution_of_the_complete_ones():
    whole, problem = holed(n=20_000)
    tables = [filled(problem, values) for values in impute(problem, 4, 5, seed=2).completed]
    high = whole["score"] > 0
    for name, values in whole.items():
        codes = np.unique(values) if name != "score" else []
        for code in codes:
            for rows in (high, ~high):
                truth = (values[rows] == code).mean()
                found = np.mean([(table[name][rows] == code).mean() for table in tables])
                assert found == pytest.approx(truth, abs=0.025), (name, code)
    complete = np.nanmean(problem.targets[1].values)
    assert abs(complete - whole["item"].mean()) > 0.1


def test_relations_between_imputed_variables_are_kept():
    whole, problem = holed(n=20_000)
    tables = [filled(problem, values) for values in impute(problem, 4, 10, seed=3).completed]
    names = ["item", "served", "grade"]
    truth = np.corrcoef([whole[name] for name in names])
    found = np.mean([np.corrcoef([table[name] for name in names]) for table in tables], axis=0)
    np.testing.assert_allclose(found, truth, atol=0.03)


def test_cross_products_follow_every_step():
    _, problem = holed()
    doubled = Passive("double", frozenset({"item"}), lambda table: 2 * table["item"])
    problem = Problem(problem.targets, (doubled,), {"noise": np.arange(400.0)})
    state = _State(problem, layout(problem), np.random.default_rng(1))
    state.refresh()
    for each in problem.targets[1:]:
        state.impute(each)
        np.testing.assert_allclose(state.products, state.matrix.T @ state.matrix, atol=1e-9)
    place = state.made.passive["double"]
    assert place not in state.made.predicting["item"]
    assert place in state.made.predicting["grade"]


def test_a_product_among_the_predictors_is_kept_and_lost_without_it():
    rng = np.random.default_rng(8)
    other, outcome, noise = rng.normal(size=(3, 4000))
    product = other * outcome
    seen = np.where(rng.random(4000) < 1 / (1 + np.exp(-outcome)), np.nan, product + noise)
    targets = target("one", seen), target("other", other), target("outcome", outcome)
    sources = frozenset({"other", "outcome"})
    passive = Passive("product", sources, lambda table: table["other"] * table["outcome"])

    def slope(*passive: Passive) -> float:
        (values,) = impute(Problem(targets, passive), 1, 1, seed=1).completed
        imputed = np.isnan(seen)
        return float(np.polyfit(product[imputed], values["one"], 1)[0])

    assert slope(passive) == pytest.approx(1, abs=0.07) and abs(slope()) < 0.3


def test_a_variable_that_nobody_answered_stays_missing_and_says_so():
    _, problem = holed()
    nothing = target("nothing", np.full(400, np.nan))
    found = impute(Problem((*problem.targets, nothing)), 2, 2, seed=1)
    assert np.isnan(found.completed[0]["nothing"]).all()
    notes = found.summary.set_index("variable")["note"]
    assert [each.code for each in read(notes["nothing"])] == ["imputation_of_nothing"]
    assert not found.chains["variable"].eq("nothing").any()


def test_a_variable_that_everybody_answers_alike_is_imputed_alike():
    same = np.where(np.arange(50) < 10, np.nan, 2.0)
    found = impute(Problem((target("same", same), target("x", np.arange(50.0)))), 2, 2, seed=1)
    assert (found.completed[1]["same"] == 2).all() and found.summary["note"].tolist() == [""]


@pytest.mark.parametrize("method", ["pmm", "logit", "ordinal", "nominal"])
def test_perfect_prediction_is_said_and_imputed(method):
    rng = np.random.default_rng(1)
    copied = rng.integers(0, 3 if method in ("ordinal", "nominal") else 2, 300).astype(float)
    holes = np.where(np.arange(300) < 30, np.nan, copied)
    other = target("copied", copied, "nominal" if method == "nominal" else "pmm")
    found = impute(Problem((target("copy", holes, method), other)), 2, 2, seed=1)
    (row,) = found.summary.to_dict("records")
    assert [each.code for each in read(row["note"])] == ["imputation_exact"]
    assert (found.completed[0]["copy"] == copied[:30]).mean() > 0.9


def test_chains_that_do_not_settle_are_said():
    rng = np.random.default_rng(2)
    latent = rng.normal(size=300)
    first = latent + 0.1 * rng.normal(size=300)
    second = latent + 0.1 * rng.normal(size=300)
    first[:140], second[155:] = np.nan, np.nan
    found = impute(Problem((target("first", first), target("second", second))), 10, 10, seed=1)
    codes = {each.code for note in found.summary["note"] for each in read(note)}
    assert codes == {"imputation_unsettled"}
    assert (found.summary["rhat"] > 1.2).any()


def test_chains_that_stand_still_are_exact_and_neither_settled_nor_unsettled():
    """Copies of each other that miss the same rows keep for ever what each chain started from."""
    whole = np.random.default_rng(5).normal(size=200)
    whole[:10] = np.nan
    found = impute(Problem((target("one", whole), target("copy", whole)), donors=1), 4, 10, seed=1)
    for row in found.summary.to_dict("records"):
        assert [each.code for each in read(row["note"])] == ["imputation_exact"]
        assert np.isnan(row["rhat"])


def test_changes_of_rounding_are_none():
    still = np.tile([0.7, 0.1 + 0.2], (10, 1))
    still[::2] *= 1 + 1e-15
    assert np.isinf(potential_reduction(still))
    assert potential_reduction(still[:, [0, 0]]) == 1.0


def test_chains_of_independent_answers_settle():
    _, problem = holed()
    found = impute(problem, 10, 6, seed=1)
    assert found.summary["note"].eq("").all()
    assert found.summary["variable"].tolist() == ["item", "served", "grade", "place"]
    assert tuple(found.chains.columns) == CHAIN_COLUMNS and len(found.chains) == 4 * 10 * 6
    place = found.chains.query("variable == 'item' and imputation == 3 and iteration == 6")
    assert place["mean"].item() == pytest.approx(found.completed[2]["item"].mean())
    assert place["deviation"].item() == pytest.approx(found.completed[2]["item"].std(ddof=1))


def test_rhat_is_that_of_the_second_half_by_its_own_definition():
    values = np.random.default_rng(3).normal(size=(11, 4)).cumsum(axis=0)
    late = pd.DataFrame(values[5:])
    within, between = late.var().mean(), len(late) * late.mean().var()
    expected = ((5 / 6 * within + between / 6) / within) ** 0.5
    assert potential_reduction(values) == pytest.approx(expected)
    assert potential_reduction(np.ones((4, 3))) == 1.0
    assert np.isinf(potential_reduction(np.tile([1.0, 2.0], (4, 1))))
    assert np.isnan(potential_reduction(values[:, :1]))
    noise = np.random.default_rng(1).random((10, 4))
    assert unsettled(100 * np.arange(4) + noise) and not unsettled(noise)


def test_few_rows_bear_few_predictors_and_the_strongest_are_kept():
    rng = np.random.default_rng(4)
    columns = {f"x{k}": rng.normal(size=40) for k in range(30)}
    wanted = columns["x17"] + 0.1 * rng.normal(size=40)
    wanted[:10] = np.nan
    problem = Problem((target("wanted", wanted),), fixed=columns)
    made = layout(problem)
    assert len(made.predicting["wanted"]) == 1 + 30 // 5
    assert 18 in made.predicting["wanted"]
    assert np.isfinite(impute(problem, 1, 1, seed=1).completed[0]["wanted"]).all()


@pytest.mark.parametrize("wrong", [{"imputations": 0}, {"iterations": 0}])
def test_no_imputation_is_refused(wrong):
    _, problem = holed()
    with pytest.raises(StudyError, match=f"`{next(iter(wrong))}` cannot be 0"):
        impute(problem, **{"imputations": 1, "iterations": 1, "seed": 1} | wrong)
