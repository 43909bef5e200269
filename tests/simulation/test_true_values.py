"""True values are contrasts of potential outcomes, as the structure says they must be."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from towns import ready, residents_ready

from coproduction.plan.plan import Plan, read_plan
from coproduction.schemas import schema
from coproduction.simulation.estimands.true_values import true_values
from coproduction.yamlfiles.yamlfile import read_yaml

N = 40_000
BASE = """
communities: {number: 40, residents: {mean: 100}}
conditions: {woman: "sex == 1"}
equations:
  duty: {causes: {trust: 0.4}}
  served:
    logit: {rate: 0.3, values: [2, 1]}
    causes: {trust: 0.5, duty: 0.6, "trust*woman": 0.3, firm: 0.5}
  firm: {logit: {rate: 0.4}}
  staff: {normal: {mean: 100, sd: 20}}
  effort: {causes: {staff: 0.01}, normal: {sd: 1}}
  hours: {lognormal: {median: 20, spread: 0.5, most: 100}, causes: {trust: 0.2, school: 0.1}}
  school: {ordered: {shares: {"1": 0.3, "2": 0.4, "3": 0.3}}}
  join:
    normal: {intercept: 0.5, sd: 1}
    causes: {arm: 0.8, "arm*trust": 0.3, woman: 0.5, "weight": 0.02, "weight*weight": 0.001}
  weight: {normal: {intercept: 60, sd: 3}}
"""
PLAN = """
plan: {version: "1"}
communities:
  cluster: place
  key: code
  minimum_respondents: 5
  summaries:
    - {id: rate, variable: serves, statistic: mean, label: {en: "Rate"}}
    - {id: spread, variable: hours, statistic: gini, label: {en: "Gini"}}
variables:
  - {id: serves, label: {en: "Serves"}, expression: "served == 1"}
  - {id: high_school, label: {en: "High"}, expression: "school == 3"}
  - {id: level, label: {en: "Level"}, recode: {item: school, values: {"1": 0, "2": 1, "3": 2}}}
  - {id: both, label: {en: "Both"}, expression: "sex == 1 and school == 3"}
models:
  - &model
    id: main
    label: {en: "Main"}
    outcome: serves
    family: binomial
    predictors:
      - {variable: trust, standardise: true, split: within_cluster}
      - {variable: duty, standardise: true}
      - {variable: high_school}
      - {variable: level, categorical: true, reference: 0}
      - {variable: firm}
      - {variable: u1, standardise: true}
      - {variable: both}
    cluster: place
    covariance: CR2
OTHERS
families: [{id: all, label: {en: "All"}, method: holm, level: 0.05}]
hypotheses:
HYPOTHESES
"""
MODELS = {
    "joining": "{outcome: join, family: gaussian, predictors: [{variable: arm}, {variable: trust,"
    " standardise: true}, {variable: weight}], interactions: [[arm, trust], [weight, weight]],"
    " cluster: place, covariance: CR2}",
    "amount": "{outcome: hours, family: pseudo_poisson, predictors: [{variable: trust,"
    " standardise: true}], cluster: place, covariance: CR2}",
    "freed": "{outcome: hours, family: pseudo_poisson, predictors: [{construct: trust}],"
    " cluster: place, covariance: CR2}",
    "women": "{outcome: serves, family: binomial, subset: 'sex == 1', predictors: [{variable:"
    " trust, standardise: true}], cluster: place, covariance: CR2}",
    "dutiful": "{outcome: duty, family: gaussian, standardise_outcome: true, predictors:"
    " [{variable: trust, standardise: true}], cluster: place, covariance: CR2}",
    "learned": "{outcome: level, family: ordinal, predictors: [{variable: trust, standardise:"
    " true}], cluster: place, covariance: CR1}",
    "places": "{outcome: rate, level: communities, family: gaussian,"
    " predictors: [{variable: firm}], cluster: place, covariance: CR2}",
    "fair": "{outcome: spread, level: communities, family: gaussian,"
    " predictors: [{variable: firm}], cluster: place, covariance: CR2}",
}


REST = "statement: {en: S}, direction: positive, smallest_effect: 0.1, unit: {en: U}"


def label(name: str) -> str:
    return name.replace("_", "").capitalize()


def plan(hypotheses: dict[str, tuple[str, str]]) -> Plan:
    models = "\n".join(
        f"  - {text.replace('{', f'{{id: {name}, label: {{en: M}}, ', 1)}"
        for name, text in MODELS.items()
    )
    asked = "\n".join(
        f"  - {{id: {label(name)}, family: all, model: {model}, estimand: {estimand}, {REST}}}"
        for name, (model, estimand) in hypotheses.items()
    )
    text = PLAN.replace("OTHERS", models).replace("HYPOTHESES", asked)
    return read_plan(read_yaml(text, "plan.yaml", schema("plan")).data)


AME, CROSS = "average_marginal_effect", "cross_partial"
ASKED = {
    "within": ("main", f"{{kind: {AME}, variable: trust_within}}"),
    "duty": ("main", f"{{kind: {AME}, variable: duty}}"),
    "firm": ("main", f"{{kind: {AME}, variable: firm}}"),
    "gap": ("main", "{kind: difference, variables: [trust_within, duty]}"),
    "school": ("main", f"{{kind: {AME}, variable: high_school}}"),
    "level": ("main", f"{{kind: {AME}, variable: 'level[2]'}}"),
    "by_firm": ("main", f"{{kind: {CROSS}, variables: [trust_within, firm]}}"),
    "item": ("main", f"{{kind: {AME}, variable: u1}}"),
    "two": ("main", f"{{kind: {AME}, variable: both}}"),
    "arm": ("joining", f"{{kind: {AME}, variable: arm}}"),
    "arm_trust": ("joining", f"{{kind: {CROSS}, variables: [arm, trust]}}"),
    "weight": ("joining", f"{{kind: {AME}, variable: weight}}"),
    "bend": ("joining", "{kind: coefficient, variable: 'weight:weight'}"),
    "paid": ("joining", f"{{kind: {AME}, variable: trust, at: {{arm: 1}}}}"),
    "ratio": ("amount", "{kind: coefficient, variable: trust}"),
    "freed": ("freed", "{kind: coefficient, variable: trust, per: construct}"),
    "women": ("women", f"{{kind: {AME}, variable: trust}}"),
    "beta": ("dutiful", f"{{kind: {AME}, variable: trust}}"),
    "highest": ("learned", f"{{kind: {AME}, variable: trust}}"),
    "rate": ("places", f"{{kind: {AME}, variable: firm}}"),
    "gini": ("fair", f"{{kind: {AME}, variable: firm}}"),
}


@cache
def table(text: str = BASE) -> pd.DataFrame:
    return true_values(ready(text), plan(ASKED), persons=N, batches=4)


def found(hypothesis: str, per: str = "latent_sd", effect: str = "total", text: str = BASE):
    rows = table(text).set_index(["hypothesis", "effect", "per"])
    return rows.loc[(label(hypothesis), effect, per)]


def close(hypothesis: str, expected: float, floor: float = 0.0, **which) -> None:
    row = found(hypothesis, **which)
    assert row["value"] == pytest.approx(expected, abs=4 * row["mc_error"] + floor), hypothesis


def linear(trust: np.ndarray, duty: np.ndarray, woman: np.ndarray, firm: np.ndarray) -> np.ndarray:
    constant = ready(BASE).truth.system.constants["served"][0]
    return constant + 0.5 * trust + 0.6 * duty + 0.3 * trust * woman + 0.5 * firm


@cache
def drawn() -> tuple[np.ndarray, ...]:
    """Trust, error of duty, sex and firms of a population drawn by hand."""
    rng = np.random.default_rng(3)
    n = 400_000
    trust, error = rng.standard_normal((2, n))
    return trust, np.sqrt(1 - 0.16) * error, rng.random(n) < 0.5, rng.random(n) < 0.4


def rate(trust_shift=0.0, duty_shift=0.0, firm=None, own=True) -> float:
    trust, error, woman, firms = drawn()
    moved = trust + trust_shift
    duty = 0.4 * (moved if own else trust) + error + duty_shift
    return expit(linear(moved, duty, woman, firms if firm is None else firm)).mean()


def test_an_effect_is_total_what_follows_follows():
    close("within", rate(0.5) - rate(-0.5), 0.003)
    close("duty", rate(duty_shift=0.5) - rate(duty_shift=-0.5), 0.003)
    close("firm", rate(firm=1.0) - rate(firm=0.0), 0.004)


def test_a_direct_effect_leaves_what_the_model_holds_as_it_is():
    close("within", rate(0.5, own=False) - rate(-0.5, own=False), 0.003, effect="direct")
    effects = table().groupby("hypothesis")["effect"].unique()
    # Nothing that follows from duty, or from a firm, is in the model.
    assert list(effects["Duty"]) == list(effects["Firm"]) == ["total"]
    assert list(effects["Within"]) == ["total", "direct"]


def test_a_difference_is_that_of_the_two_effects():
    expected = found("within")["value"] - found("duty")["value"]
    assert found("gap")["value"] == pytest.approx(expected, abs=1e-12)


def test_a_cross_partial_is_a_difference_of_differences():
    expected = (rate(0.5, firm=1.0) - rate(-0.5, firm=1.0)) - (
        rate(0.5, firm=0.0) - rate(-0.5, firm=0.0)
    )
    close("by_firm", expected, 0.003)
    close("arm_trust", 0.3, 0.02)


def test_what_nothing_follows_from_has_no_effect():
    for name in ("school", "level", "highest"):
        assert found(name)["value"] == 0, name


def test_arms_are_set_and_numbers_move_by_one():
    close("arm", 0.8, 0.03)
    # Willingness is a whole number from 0 to 10: rounding leaves slopes, the ends take some.
    close("weight", 0.02 + 2 * 0.001 * 60, 0.03)
    close("bend", 0.001, 0.03)
    close("paid", 0.3, 0.03)


def test_a_coefficient_of_a_log_link_is_a_log_ratio_of_means():
    close("ratio", 0.2, 0.02)


def test_a_subset_is_whom_the_value_is_about():
    trust, error, woman, firms = drawn()
    up, down = (
        expit(linear(t := trust + s, 0.4 * t + error, woman, firms))[woman].mean()
        for s in (0.5, -0.5)
    )
    close("women", up - down, 0.004)


def test_communities_differ_in_the_mean_of_their_residents():
    close("rate", found("firm")["value"], 0.001)


def test_of_a_construct_the_latent_is_in_its_standard_deviations():
    close("beta", 0.4, 0.005)


def test_per_score_is_what_one_standard_deviation_of_it_tells_of_the_latent():
    generator = ready(BASE)
    from towns import world

    from coproduction.cleaning.scoring import score
    from coproduction.simulation.response.measurement import complete_answers
    from coproduction.simulation.streams import Streams

    true = world(generator, 400, 100)
    given = complete_answers(generator.truth, generator.measured, true, generator.main, Streams(5))
    answers = pd.DataFrame(given).assign(t4_r=lambda t: 6 - t["t4"], u3_r=lambda t: 6 - t["u3"])
    tells = {
        name: np.corrcoef(score(answers, generator.main, name), true.values[name])[0, 1]
        for name in ("trust", "duty")
    }
    assert 0.75 < tells["duty"] < tells["trust"] < 0.9
    for name in ("within", "women", "ratio"):
        ratio = found(name, "score_sd")["value"] / found(name)["value"]
        assert ratio == pytest.approx(tells["trust"], abs=0.02), name
    # An outcome is measured with error, too.
    ratio = found("beta", "score_sd")["value"] / found("beta")["value"]
    assert ratio == pytest.approx(tells["trust"] * tells["duty"], abs=0.03)
    item = np.corrcoef(given["u1"], true.values["duty"])[0, 1]
    ratio = found("item", "score_sd")["value"] / found("duty")["value"]
    assert ratio == pytest.approx(item, abs=0.02)


def test_what_is_not_measured_has_one_ruler():
    for name in ("firm", "arm", "weight", "rate"):
        assert found(name, "score_sd")["value"] == found(name)["value"]


def test_what_no_variable_stands_for_has_no_value_and_a_reason():
    row = found("two")
    assert np.isnan(row["value"]) and "made of more than one question" in row["note"]


def test_style_in_the_report_is_in_no_true_value():
    style = "    reported: {acquiescence: 2}\n  firm:"
    text = BASE.replace("  firm:", style, 1) + "styles: {acquiescence: {loading: 0.4}}\n"
    loud = found("within", text=text)["value"]
    assert loud == pytest.approx(found("within")["value"], abs=1e-12)


def test_without_effects_every_value_is_zero():
    text = BASE
    for old, new in (
        ('{trust: 0.5, duty: 0.6, "trust*woman": 0.3, firm: 0.5}', "{}"),
        ("{trust: 0.4}", "{}"),
        ("{trust: 0.2, school: 0.1}", "{}"),
        ('{arm: 0.8, "arm*trust": 0.3, woman: 0.5, "weight": 0.02, "weight*weight": 0.001}', "{}"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    values = table(text)["value"].dropna()
    assert len(values) > 30 and (values == 0).all()


def test_means_of_communities_matter_where_the_truth_says_so():
    text = """
communities: {number: 100, residents: {mean: 20}}
equations:
  climate: {aggregate: {of: trust}}
  join: {normal: {intercept: 5, sd: 0.5}, causes: {trust: 0.2, climate: 0.5}}
"""
    models = {
        "split": "{outcome: join, family: gaussian, predictors: [{variable: trust, split:"
        " within_cluster, standardise: true}], cluster: place, covariance: CR2}",
        "apart": "{outcome: join, family: gaussian, predictors: [{variable: trust, split:"
        " own_and_others, standardise: true}], cluster: place, covariance: CR2}",
    }
    MODELS.update(models)
    asked = {
        "own": ("split", f"{{kind: {AME}, variable: trust_within}}"),
        "all": ("split", f"{{kind: {AME}, variable: trust_mean}}"),
        "mine": ("apart", f"{{kind: {AME}, variable: trust}}"),
        "others": ("apart", f"{{kind: {AME}, variable: trust_others}}"),
    }
    values = true_values(ready(text), plan(asked), persons=20_000, batches=2)
    values = values[values["per"] == "latent_sd"].set_index("hypothesis")["value"]
    for name, expected in (("own", 0.2), ("mine", 0.2), ("all", 0.7), ("others", 0.5)):
        assert values[label(name)] == pytest.approx(expected, abs=0.02), name


def test_every_hypothesis_of_the_shipped_plan_has_a_true_value(root):
    text = (root / "instruments/coproduction/plan.yaml").read_text("utf-8")
    shipped = read_plan(read_yaml(text, "plan.yaml", schema("plan")).data)
    values = true_values(residents_ready(), shipped, persons=6000, batches=2)
    assert set(values["hypothesis"]) == {each.id for each in shipped.hypotheses}
    assert values["value"].notna().all() and (values["note"] == "").all()
    total = values[(values["effect"] == "total") & (values["per"] == "latent_sd")]
    total = total.set_index("hypothesis")["value"]
    assert 0.02 < total["H1"] < total["H2"] < 0.11 and 0 < total["H3"] < 0.04
    assert total["H11"] == pytest.approx(0.18, abs=0.02) and total["H11r"] == 0


def test_a_construct_moves_what_its_standardised_score_moves():
    for per in ("latent_sd", "score_sd"):
        assert found("freed", per)["value"] == found("ratio", per)["value"]
