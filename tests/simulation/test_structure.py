"""Variables have the margins and effects that the truth file says, and no others."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import skew
from towns import NOTHING, errors, intraclass, ready, town, truth_of, world

from coproduction.errors import StudyError
from coproduction.instrument.expressions import evaluate
from coproduction.simulation.structure.arithmetic import compute
from coproduction.simulation.structure.world import intervene, reported, solve

Z = 4.0
CAUSED = """
equations:
  drive: {}
  served: {logit: {rate: 0.3, values: [2, 1]}, causes: {drive: 0.8, "drive*woman": 0.4}}
  hours: {lognormal: {median: 10, spread: 0.8, most: 100}, causes: {drive: 0.3}}
  school: {ordered: {shares: {"1": 0.5, "2": 0.3, "3": 0.2}}, causes: {drive: 0.7}}
  area:
    categories:
      shares: {"1": 0.6, "2": 0.3, "3": 0.1}
      causes: {"2": {drive: 0.9}, "3": {drive: -0.5}}
  helped:
    ticks: {shares: {"1": 0.5, "2": 0.2, "3": 0.1}, causes: {"2": {woman: 1.0}}}
    causes: {drive: 0.4}
  visits: {count: {mean: 3, dispersion: 0.5}, causes: {drive: 0.3}}
  load: {normal: {mean: 40, sd: 5}, causes: {drive: 3}}
conditions: {woman: "sex == 1"}
"""


def share(hits: np.ndarray) -> pytest.approx:
    return float(np.mean(hits))


def near(target: float, n: int) -> pytest.approx:
    return pytest.approx(target, abs=Z * np.sqrt(target * (1 - target) / n) + 0.006)


@pytest.fixture(scope="module")
def caused():
    return world(ready(CAUSED), 400, 100)


def test_shares_rates_means_and_medians_are_those_of_the_file_whatever_the_causes(caused):
    values, n = caused.values, len(caused.place)
    assert share(values["served"] == 1) == near(0.3, n)
    for code, target in ((1, 0.5), (2, 0.3), (3, 0.2)):
        assert share(values["school"] == code) == near(target, n)
    for code, target in ((1, 0.6), (2, 0.3), (3, 0.1)):
        assert share(values["area"] == code) == near(target, n)
    for code, target in ((1, 0.5), (2, 0.2), (3, 0.1)):
        assert share(caused.holds(f"selected(helped, {code})")) == near(target, n)
    assert np.median(values["hours"]) == pytest.approx(10, abs=0.5)
    assert values["visits"].mean() == pytest.approx(3, abs=0.1)
    assert values["load"].mean() == pytest.approx(40, abs=0.2)
    assert values["load"].std() == pytest.approx(np.sqrt(25 + 9), abs=0.2)


def test_a_negative_binomial_count_varies_beyond_its_mean():
    counts = world(ready("equations: {visits: {count: {mean: 3, dispersion: 0.5}}}")).values
    assert counts["visits"].var() == pytest.approx(3 + 0.5 * 9, rel=0.06)


def test_an_effect_is_what_the_model_says(caused):
    base, noise = caused, errors(ready(CAUSED), 400, 100)
    more = intervene(base, noise, {"drive": base.values["drive"] + 1})
    woman = base.holds("woman")
    linear = base.values["drive"] * (0.8 + 0.4 * woman) + base.system.constants["served"][0]
    expected = expit(linear + 0.8 + 0.4 * woman).mean() - expit(linear).mean()
    found = (more.values["served"] == 1).mean() - (base.values["served"] == 1).mean()
    assert found == pytest.approx(expected, abs=0.006)
    assert np.allclose((more.values["load"] - base.values["load"]), 3)
    ratio = np.log(more.values["hours"].mean() / base.values["hours"].mean())
    # Whole hours up to 100 take a little off the ratio.
    assert ratio == pytest.approx(0.3, abs=0.02)


def test_an_intervention_moves_what_follows_and_nothing_else(caused):
    noise = errors(ready(CAUSED), 400, 100)
    more = intervene(caused, noise, {"drive": caused.values["drive"] + 1})
    following = {"served", "hours", "school", "area", "helped", "visits", "load"}
    assert caused.system.following(["drive"]) == following
    for name in set(caused.values) - following - {"drive"}:
        assert np.array_equal(more.values[name], caused.values[name]), name
    anew = solve(caused.system, noise, {"drive": caused.values["drive"] + 1})
    for name in following:
        assert np.array_equal(more.values[name], anew.values[name]), name


def test_without_effects_all_potential_outcomes_are_equal():
    text = re.sub(r'(drive|woman|drive\*woman"): -?[0-9.]+', r"\1: 0", CAUSED)
    true = world(ready(text), 50, 50)
    noise = errors(ready(text), 50, 50)
    for shift in (-2.0, 2.0):
        other = intervene(true, noise, {"drive": true.values["drive"] + shift})
        for name in set(true.values) - {"drive"}:
            assert np.array_equal(other.values[name], true.values[name]), name


def test_a_latent_has_variance_one_whatever_causes_it():
    text = """
correlations: {names: [trust, drive], values: [[0.5]]}
equations:
  drive: {skew: 1.5}
  duty: {causes: {trust: 0.5, drive: 0.4}, community_share: 0.2}
"""
    values = world(ready(text), 1000, 30).values
    for name in ("trust", "drive", "duty"):
        assert values[name].mean() == pytest.approx(0, abs=0.04), name
        assert values[name].var() == pytest.approx(1, abs=0.05), name
    assert skew(values["drive"]) == pytest.approx(1.5, abs=0.15)
    assert np.corrcoef(values["trust"], values["drive"])[0, 1] == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("target", [0.05, 0.3])
def test_communities_have_their_share_of_a_latent(target):
    true = world(ready(f"equations: {{drive: {{community_share: {target}}}}}"), 500, 30)
    found, error = intraclass(true.values["drive"], true.place)
    assert found == pytest.approx(target, abs=Z * error)


def test_communities_differ_in_intercepts_and_slopes():
    text = """
equations:
  drive: {}
  load: {normal: {sd: 1}, causes: {drive: 1}, slope_sd: {drive: 0.5}}
  served: {probit: {rate: 0.5}, community_sd: 0.6}
"""
    true = world(ready(text.replace("served", "joined")), 400, 200)
    slopes = [
        np.polyfit(true.values["drive"][true.place == c], true.values["load"][true.place == c], 1)[
            0
        ]
        for c in range(400)
    ]
    assert np.mean(slopes) == pytest.approx(1, abs=0.1)
    assert np.std(slopes) == pytest.approx(np.sqrt(0.5**2 + 1 / 200), abs=0.06)
    rates = np.bincount(true.place, true.values["joined"]) / 200
    # Rates of a probit with a random intercept: Φ(0.6 z), and chance within communities.
    assert np.std(rates) == pytest.approx(0.205, abs=0.03)


def test_groups_have_shares_of_their_own():
    text = """
conditions: {old: "area == 1"}
equations:
  drive: {}
  area: {categories: {shares: {"1": 0.4, "2": 0.6}}}
  served:
    logit: {rate: 0.2, values: [2, 1], where: [{condition: old, rate: 0.7}]}
    causes: {drive: 1}
  school:
    ordered: {shares: {"1": 0.5, "3": 0.5}, where: [{condition: "area == 1", shares: {"3": 1}}]}
"""
    true = world(ready(text), 200, 100)
    old, n = true.values["area"] == 1, len(true.place)
    assert share(true.values["served"][old] == 1) == near(0.7, 0.4 * n)
    assert share(true.values["served"][~old] == 1) == near(0.2, 0.6 * n)
    assert (true.values["school"][old] == 3).all()
    assert share(true.values["school"][~old] == 3) == near(0.5, 0.6 * n)


def test_communities_move_persons_and_persons_add_up_to_communities():
    text = """
equations:
  climate: {level: communities}
  firm: {logit: {rate: 0.25, exact: true}, causes: {climate: 2}}
  duty: {causes: {firm: 0.8}}
  amount: {lognormal: {median: 5, spread: 0.5}, causes: {duty: 0.2}}
  recorded: {aggregate: {of: amount, statistic: sum, times: 3}}
  wealth: {level: communities, expression: "recorded / 100"}
"""
    true = world(ready(text), 40, 50)
    firm = true.values["firm"]
    assert firm.sum() == 10
    assert true.values["climate"][firm == 1].mean() > true.values["climate"][firm == 0].mean()
    in_firms = firm[true.place] == 1
    gap = true.values["duty"][in_firms].mean() - true.values["duty"][~in_firms].mean()
    assert gap == pytest.approx(0.8, abs=0.2)
    sums = 3 * np.bincount(true.place, true.values["amount"])
    assert np.array_equal(true.values["recorded"], np.rint(np.clip(sums, 0, 100000)))
    assert np.allclose(true.values["wealth"], true.values["recorded"] / 100)


def test_a_number_is_cut_and_ticks_are_counted():
    text = """
equations:
  part: {uniform: {low: 0, high: 1}}
  school: {cut: {of: part, at: [0.2, 0.7], codes: [1, 2, 3]}}
  ticks: {tally: helped}
  helped: {ticks: {shares: {"1": 1, "2": 0, "3": 0.5}}}
"""
    true = world(ready(text), 10, 500)
    part = true.values["part"]
    assert np.array_equal(true.values["school"], np.select([part < 0.2, part < 0.7], [1, 2], 3))
    assert set(true.values["ticks"]) == {1.0, 2.0}
    assert set(true.column("helped")) == {"1", "1 3"}
    nobody = world(ready('equations: {helped: {ticks: {shares: {"1": 0, "2": 0, "3": 0}}}}'), 2, 10)
    assert set(nobody.column("helped")) == {"99"} and nobody.holds("selected(helped, 99)").all()


def test_a_style_moves_the_report_and_not_the_truth():
    text = """
equations:
  served: {logit: {rate: 0.3, values: [2, 1]}, reported: {acquiescence: 1.5}}
  hours: {expression: "10 * (served - 1)"}
  duty: {causes: {servant: 0.5}}
conditions: {servant: "served == 1"}
"""
    true = world(ready(text), 50, 100)
    told = reported(true, errors(ready(text), 50, 100))
    style = true.values["acquiescence"]
    assert abs(np.corrcoef(style, true.values["served"])[0, 1]) < 0.06
    assert np.corrcoef(style, told.values["served"])[0, 1] < -0.4
    assert np.array_equal(told.values["hours"], 10 * (told.values["served"] - 1))
    assert told.values["duty"] is true.values["duty"]


@pytest.mark.parametrize(
    "text",
    [
        "one == 2 and not (two > 1 or one != 3)",
        "one in [1, 3]",
        "one not in [2]",
        "(one + two * 2 - 1) / (two - 2)",
        "-one < -1",
        "answered(one)",
        "selected(many, 2) or selected(many, 99)",
        "1.5",
    ],
)
def test_expressions_mean_what_they_mean_in_questionnaires(text):
    ticks = ready(NOTHING).truth.system.equations["helped"].link
    values = {"one": np.array([1.0, 2, 3, 2]), "two": np.array([2.0, 1, 0, 3])}
    values["many"] = np.array([0.0, 2, 3, 7])
    table = pd.DataFrame({**values, "many": ticks.texts(values["many"])})
    expected = evaluate(text, table).astype("Float64").to_numpy(float, na_value=0.0)
    found = compute(text, values.__getitem__, lambda name: ticks)
    assert np.array_equal(np.broadcast_to(found, 4).astype(float), expected)


def test_the_middle_of_a_range_and_equal_shares_are_what_nothing_is_said_of():
    true = world(ready(NOTHING), 50, 200)
    assert true.values["join"].mean() == pytest.approx(5, abs=0.1)
    for code in (1, 2, 3):
        assert share(true.values["area"] == code) == near(1 / 3, 10_000)
    # An answer that would end the interview is nobody's, unless the file says so.
    assert (true.values["agreed"] == 1).all() and (true.values["adult"] == 1).all()
    assert np.corrcoef(true.values["trust"], true.values["duty"])[0, 1] == pytest.approx(
        0.3, abs=0.04
    )


def test_causes_that_explain_more_than_all_are_refused_with_their_line():
    text = "equations:\n  drive: {}\n  duty: {causes: {drive: 1.5}}\n"
    with pytest.raises(StudyError, match=r"truth.yaml, line 3, equations.duty: its causes explain"):
        ready(text)


def test_variables_that_cause_each_other_are_refused():
    text = "equations:\n  trust: {causes: {duty: 0.2}}\n  duty: {causes: {trust: 0.2}}\n"
    with pytest.raises(StudyError, match=r"cause each other: `(trust|duty)` → `(trust|duty)`"):
        truth_of(text, *town())
