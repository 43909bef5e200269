"""Natural effects where the truth is known: closed forms, and drawn potential outcomes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from plans import plan_of

from coproduction.inference.analysis import analyse
from coproduction.inference.data.tables import all_tables
from coproduction.inference.mediation.gformula import mean_outcome
from coproduction.inference.mediation.rho import by_rho, explaining
from coproduction.inference.mediation.stages import Mediated, fitted

N = 20_000


def logistic(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


def town(seed: int, n: int = N) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    own = {name: rng.standard_normal(n) for name in ("age", "m_normal")}
    return own | {name: rng.random(n) for name in ("x", "m", "y", "y_2")}


def asked(noise, x):
    return (noise["m"] < logistic(-0.3 + 0.8 * x + 0.4 * noise["age"])).astype(float)


def kinds(noise, x):
    mean = np.exp(0.2 + 0.4 * x + 0.2 * noise["age"])
    counts = np.arange(60)
    terms = np.exp(-mean)[:, None] * np.cumprod(
        np.column_stack([np.ones_like(mean), mean[:, None] / counts[1:]]), axis=1
    )
    return (noise["m"][:, None] > terms.cumsum(axis=1)).sum(axis=1).astype(float)


def trust(noise, x, before=0.0):
    return 0.5 * x + 0.4 * before + 0.3 * noise["age"] + noise["m_normal"]


def joined(noise, x, m, further=0.0):
    linear = -0.8 + 0.3 * x + 0.5 * m + 0.4 * x * m + 0.4 * further + 0.2 * noise["age"]
    return (noise["y"] < logistic(linear)).astype(float)


def hours(noise, x, m):
    some = noise["y"] < logistic(-0.5 + 0.4 * x + 0.5 * m)
    size = np.exp(0.5 + 0.3 * x + 0.3 * m + 0.2 * noise["age"])
    return some * size * -np.log(noise["y_2"])


def observed(noise, mediator, outcome) -> pd.DataFrame:
    x = (noise["x"] < logistic(0.4 * noise["age"])).astype(float)
    m = mediator(noise, x)
    return pd.DataFrame({"age": noise["age"], "x": x, "m": m, "y": outcome(noise, x, m)})


def truth(mediator, outcome) -> dict[str, float]:
    noise = town(7, 1_000_000)
    zero, one = np.zeros(1_000_000), np.ones(1_000_000)
    low, high = mediator(noise, zero), mediator(noise, one)
    means = [
        outcome(noise, x, m).mean() for x, m in ((zero, low), (one, low), (one, high), (zero, high))
    ]
    return {
        "total_effect": means[2] - means[0],
        "natural_direct": means[1] - means[0],
        "natural_indirect": means[2] - means[1],
        "mediated_interaction": means[2] - means[1] - means[3] + means[0],
    }


def planned(family: str, outcome: str, **changed):
    own = {
        **{"id": "through", "exposure": "x", "outcome": "y", "family": outcome},
        **{"mediators": [{"variable": "m", "family": family}], "covariates": ["age"]},
    }
    return plan_of({"mediations": [own | changed]})


@pytest.mark.parametrize(
    ("mediator", "family", "outcome", "outcome_family", "product"),
    [
        (asked, "binomial", joined, "binomial", True),
        (kinds, "poisson", joined, "binomial", True),
        (trust, "gaussian", joined, "binomial", True),
        (asked, "binomial", hours, "two_part_gamma", False),
    ],
)
def test_potential_outcomes_that_were_drawn_are_found_again(
    mediator, family, outcome, outcome_family, product
):
    data = observed(town(3), mediator, outcome)
    plan = planned(family, outcome_family, exposure_mediator_interaction=product)
    rows = analyse(data, plan, 1).mediation.set_index("estimand")
    for name, value in truth(mediator, outcome).items():
        # A million draws have an error of about a thousandth of an hour, less of probabilities.
        assert rows.loc[name, "estimate"] == pytest.approx(
            value, abs=3.5 * rows.loc[name, "std_error"] + 0.001
        ), name


def test_parts_along_an_order_are_found_again():
    noise, drawn = town(4), town(8, 1_000_000)

    def outcome(noise, x, m, further):
        return joined(noise, x, m, further)

    x = (noise["x"] < 0.5).astype(float)
    m = asked(noise, x)
    further = trust(noise, x, m)
    data = pd.DataFrame({"age": noise["age"], "x": x, "m": m, "t": further})
    data["y"] = outcome(noise, x, m, further)
    own = [{"variable": "m", "family": "binomial"}, {"variable": "t", "family": "gaussian"}]
    plan = planned(
        "binomial", "binomial", mediators=own, exposure_mediator_interaction=True, contrast=[0, 1]
    )
    rows = analyse(data, plan, 1).mediation.set_index("term")
    zero, one = np.zeros(1_000_000), np.ones(1_000_000)
    low, high = asked(drawn, zero), asked(drawn, one)
    means = [
        outcome(drawn, one, low, trust(drawn, zero, low)).mean(),
        outcome(drawn, one, low, trust(drawn, one, low)).mean(),
        outcome(drawn, one, high, trust(drawn, one, high)).mean(),
    ]
    for term, value in {
        "x > t > y": means[1] - means[0],
        "x > m > y": means[2] - means[1],
    }.items():
        row = rows.loc[term]
        assert row["estimate"] == pytest.approx(value, abs=3.5 * row["std_error"] + 0.001)
    parts = rows.loc[["x > t > y", "x > m > y"], "estimate"].sum()
    joint = rows[rows["estimand"] == "natural_indirect"]["estimate"].iloc[0]
    assert parts == pytest.approx(joint, rel=1e-10)


def mediation_of(data: pd.DataFrame, plan) -> Mediated:
    return fitted(all_tables(data, plan, None), plan.mediations[0])


def test_linear_models_give_the_product_of_coefficients_per_standard_deviation():
    noise = town(5, 500)
    data = pd.DataFrame({"age": noise["age"], "x": noise["age"] + noise["m"]})
    data["m"] = trust(noise, data["x"].to_numpy())
    data["y"] = 0.4 * data["m"] + 0.2 * data["x"] + noise["y"]
    found = mediation_of(data, planned("gaussian", "gaussian"))
    a = found.stages[0].fit.params["mean", "x"]
    b, direct = (found.outcome.fit.params["mean", name] for name in ("m", "x"))
    spread = data["x"].std(ddof=1)
    rows = analyse(data, planned("gaussian", "gaussian"), 1).mediation.set_index("estimand")
    assert rows.loc["natural_indirect", "estimate"] == pytest.approx(a * b * spread, rel=1e-10)
    assert rows.loc["natural_direct", "estimate"] == pytest.approx(direct * spread, rel=1e-10)
    whole = np.linalg.lstsq(
        np.column_stack([np.ones(500), data["x"], data["age"]]), data["y"], rcond=None
    )[0][1]
    assert rows.loc["total_effect", "estimate"] == pytest.approx(whole * spread, rel=1e-10)
    assert "mediated_interaction" not in rows.index


FAMILIES = ["gaussian", "binomial", "cloglog", "ordinal", "poisson", "negative_binomial", "gamma"]
OUTCOMES = ["two_part_gamma", "ordinal", "hurdle_negative_binomial", "probit"]


def of_family(rng: np.random.Generator, family: str, n: int) -> np.ndarray:
    shift = rng.standard_normal(n)
    drawn = {
        "ordinal": np.clip(np.round(2 + shift), 0, 4),
        "poisson": rng.poisson(np.exp(0.3 * shift)),
        "negative_binomial": rng.poisson(np.exp(shift)),
        "gamma": np.exp(0.5 * shift),
        "gaussian": shift,
        "two_part_gamma": np.exp(shift) * (rng.random(n) < 0.6),
        "hurdle_negative_binomial": rng.poisson(np.exp(shift)),
    }
    return np.asarray(drawn.get(family, shift > 0), float)


def moved(found: Mediated, place: int, step: float) -> Mediated:
    stage = next(order for order, each in enumerate(found.places) if place < each.stop)
    params = found.stages[stage].params.copy()
    params[place - found.places[stage].start] += step
    stages = list(found.stages)
    stages[stage] = replace(stages[stage], params=params)
    return replace(found, stages=tuple(stages))


@pytest.mark.parametrize(
    ("family", "outcome"),
    [*((each, "two_part_gamma") for each in FAMILIES), *(("gaussian", each) for each in OUTCOMES)],
)
def test_gradients_are_those_of_small_steps(family, outcome):
    rng = np.random.default_rng(6)
    data = pd.DataFrame({"age": rng.standard_normal(300), "x": rng.integers(0, 2, 300) * 1.0})
    data["t"] = of_family(rng, "gaussian", 300) + 0.3 * data["x"]
    data["m"], data["y"] = of_family(rng, family, 300), of_family(rng, outcome, 300)
    own = [{"variable": "m", "family": family}, {"variable": "t", "family": "gaussian"}]
    plan = planned(family, outcome, mediators=own, exposure_mediator_interaction=True)
    found = mediation_of(data, plan)
    own_gradient = mean_outcome(found, (1, 0, 1)).gradient
    step = 1e-5
    expected = [
        (
            mean_outcome(moved(found, place, step), (1, 0, 1)).value
            - mean_outcome(moved(found, place, -step), (1, 0, 1)).value
        )
        / (2 * step)
        for place in range(len(own_gradient))
    ]
    # The points of gamma move with its shape, to whose derivative quadrature comes near only.
    near = 2e-3 if family == "gamma" else 1e-6
    assert own_gradient == pytest.approx(np.array(expected), abs=near * np.abs(expected).max())


@pytest.mark.parametrize("outcome", ["gaussian", "probit"])
def test_errors_by_rho_and_of_the_explaining_one_are_those_of_small_steps(outcome):
    rng = np.random.default_rng(9)
    data = pd.DataFrame({"age": rng.standard_normal(300), "x": rng.integers(0, 2, 300) * 1.0})
    data["m"] = 0.5 * data["x"] + rng.standard_normal(300)
    latent = 0.4 * data["m"] + rng.standard_normal(300)
    data["y"] = latent if outcome == "gaussian" else (latent > 0).astype(float)
    plan = planned("gaussian", outcome, exposure_mediator_interaction=True)
    found = mediation_of(data, plan)

    def error(value) -> float:
        step = 1e-5
        slope = [
            (value(moved(found, place, step)) - value(moved(found, place, -step))) / (2 * step)
            for place in range(found.places[-1].stop)
        ]
        return float(np.sqrt(slope @ found.covariance @ slope))

    def at(each: Mediated) -> float:
        table = by_rho(each).set_index(["estimand", "rho"])
        return table.loc[("natural_indirect", 0.4), "estimate"]

    table = by_rho(found).set_index(["estimand", "rho"])
    assert table.loc[("natural_indirect", 0.4), "std_error"] == pytest.approx(error(at), rel=1e-5)
    own = explaining(found)["std_error"]
    assert own == pytest.approx(error(lambda each: explaining(each)["estimate"]), rel=1e-4)
