"""The base scenario has the properties that its literature and assumptions ask for.

Every tolerance is a multiple of the statistic's Monte-Carlo error at this sample size (Z standard
errors, so that a right generator fails a test by chance about once in two thousand seeds), unless
the target itself is only known to within a margin, which is then the tolerance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

Z = 3.5
ALPHA = {
    "mi": 0.79,
    "cr": 0.80,
    "os": 0.79,
    "pl": 0.85,
    "pc": 0.73,
    "vi": 0.75,
    "ec": 0.68,
    "pm": 0.73,
    "ct": 0.60,
    "gg": 0.85,
    "pi": 0.81,
}
INTRACLASS = {"mi": 0.10, "cr": 0.05, "os": 0.07, "pl": 0.07, "gg": 0.05, "pc": 0.03, "vi": 0.01}
ORDER = ["mi", "cr", "os", "pl", "pc", "vi", "ec", "pm", "ct", "pi", "gg"]
CORRELATIONS = """
.32
.31 .43
.34 .45 .44
.13 .17 .20 .28
.27 .38 .22 .29 .34
.30 .26 .16 .20 .12 .35
.13 .17 .08 .20 .25 .54 .30
.02 -.04 -.01 -.05 -.06 -.30 -.19 -.28
.37 .47 .41 .38 .41 .69 .31 .39 -.26
.36 .51 .38 .51 .39 .46 .25 .24 -.09 .49
"""
MODERATE = (-1.6, -0.8, 0.0, 1.0)


def near_share(hits: pd.Series, target: float, design_effect: float = 1.0) -> None:
    tolerance = Z * np.sqrt(design_effect * target * (1 - target) / len(hits))
    assert float(hits.mean()) == pytest.approx(target, abs=tolerance)


def alpha(answers: pd.DataFrame, items) -> float:
    keyed = pd.DataFrame(
        {item.id: 6 - answers[item.id] if item.reverse else answers[item.id] for item in items}
    )
    keyed = keyed[(keyed >= 1).all(axis=1) & (keyed <= 5).all(axis=1)].astype(float)
    k = keyed.shape[1]
    return k / (k - 1) * (1 - keyed.var().sum() / keyed.sum(axis=1).var())


def intraclass(values: pd.Series, groups: pd.Series) -> tuple[float, float]:
    """ICC(1) by analysis of variance, and its standard error (Donner 1986, equation 2.3)."""
    table = values.groupby(groups)
    sizes, means = table.size(), table.mean()
    total, number = len(values), len(sizes)
    size = (total - (sizes**2).sum() / total) / (number - 1)
    between = (sizes * (means - values.mean()) ** 2).sum() / (number - 1)
    within = ((values - groups.map(means)) ** 2).sum() / (total - number)
    share = (between - within) / (between + (size - 1) * within)
    error = (1 - share) * (1 + (size - 1) * share) * np.sqrt(2 / (size * (size - 1) * (number - 1)))
    return share, error


@pytest.mark.parametrize("construct", ALPHA)
def test_alpha_of_careful_answers_is_near_the_planned_one(large, residents, construct):
    careful = large.intended[~large.persons["careless"]]
    found = alpha(careful, residents.scale(construct))
    assert found == pytest.approx(ALPHA[construct], abs=0.03)


@pytest.mark.parametrize("construct", INTRACLASS)
def test_scales_differ_between_communities_as_planned(large, construct):
    found, error = intraclass(large.persons[construct], large.persons["community"])
    assert found == pytest.approx(INTRACLASS[construct], abs=Z * error)


def test_latents_correlate_as_planned(large):
    found = large.persons[ORDER].corr().to_numpy()
    rows = [row.split() for row in CORRELATIONS.strip().splitlines()]
    for i, row in enumerate(rows, start=1):
        for j, value in enumerate(row):
            # Rounding of the coefficients, .02, and chance at n = 7,700 with clustering, .04.
            assert found[i, j] == pytest.approx(float(value), abs=0.06), (ORDER[i], ORDER[j])


def test_latents_have_mean_zero_and_variance_one(large):
    assert large.persons[ORDER].mean().abs().max() < 0.1
    assert (large.persons[ORDER].var() - 1).abs().max() < 0.1


def test_volunteering_by_membership(large):
    persons, yes = large.persons, large.intended["b1"] == 1
    # Community intercepts (SD .42 on the logit, ICC about .04) inflate the variance of shares.
    address, roster = 1 + 23 * 0.05, 1 + 7 * 0.05
    near_share(yes[persons["member"] == 0], 0.29, address)
    near_share(yes[persons["team"] == 1], 0.55, roster)
    near_share(yes[persons["company"] == 1], 0.62, roster)


def test_volunteering_differs_little_between_communities(large):
    address = large.persons["frame"] == "address"
    yes = (large.intended["b1"] == 1)[address].astype(float)
    found, _ = intraclass(yes, large.persons["community"][address])
    assert 0.02 < found < 0.07


def test_hours_of_service_are_few_for_most_and_many_for_some(large):
    hours = large.intended.loc[large.intended["b1"] == 1, "b4"].astype(float)
    n = len(hours)
    assert hours.mean() == pytest.approx(20, abs=Z * hours.std() / np.sqrt(n) + 0.5)
    assert hours.median() == pytest.approx(10, abs=1)
    assert hours.quantile(0.9) == pytest.approx(45, abs=4)
    assert hours.max() <= 240


def test_memberships_and_background(large):
    persons, answers = large.persons, large.intended
    near_share(persons["company"] == 1, 0.06, 8)
    near_share(persons["team"] == 1, 0.18, 8)
    near_share(answers["d1"][persons["member"] == 0] == 2, 0.55)
    near_share(answers["d1"][persons["member"] == 1] == 2, 0.80)
    near_share(answers["d9"] >= 1, 0.35)
    near_share(answers["d10"] == 1, 0.45)
    near_share(answers["d5"] == 1, 0.55)
    near_share(answers["d12"] == 1, 0.09)


def test_age_bands_up_to_69(large):
    ages = large.intended["d2"]
    known = ages[ages <= 5]
    for band, share in enumerate((0.12, 0.20, 0.24, 0.26, 0.18), start=1):
        near_share(known == band, share)


def test_required_share_of_company_workers(large):
    company = large.intended["b5"][large.persons["company"] == 1]
    for answer, share in enumerate((0.15, 0.25, 0.30, 0.20, 0.10), start=1):
        near_share(company == answer, share)


def test_thresholds_cut_a_standard_normal_response(large):
    from scipy.stats import norm

    answers = large.intended["mk1"]
    # A marker has no latent: variance one of its own and .25 squared of acquiescence.
    cuts = norm.cdf(np.array(MODERATE) / np.sqrt(1 + 0.25**2))
    for answer, share in enumerate(np.diff([0, *cuts, 1]), start=1):
        near_share(answers == answer, share)


def test_vignette_arms(large):
    answers = large.intended.assign(x1=large.intended["x1"].astype(float))
    means = answers.groupby(["x1pay", "x1ben"])["x1"].mean()
    error = Z * 2.7 * np.sqrt(1 / 1900 + 1 / 1900)
    # Answers are clipped to 0–10, which takes about a twelfth off every difference.
    assert means[1, 0] - means[0, 0] == pytest.approx(0.3 * 0.92, abs=error)
    assert means[0, 1] - means[0, 0] == pytest.approx(0.5 * 0.92, abs=error)
    assert means[1, 1] - means[0, 0] == pytest.approx(1.0 * 0.92, abs=error)
    assert answers["x1"].between(0, 10).all()


@pytest.mark.parametrize(
    ("construct", "share"), [("os", 0.18), ("mi", 0.12), ("cr", 0.08), ("pl", 0.06), ("pm", 0.02)]
)
def test_not_knowing_is_twice_as_common_outside_the_organisation(
    large, residents, construct, share
):
    items = [item.id for item in residents.scale(construct)]
    unsure = large.intended[items] == residents.missing_code("dont_know")
    for member, expected in ((1, share), (0, 2 * share)):
        near_share(unsure[large.persons["member"] == member].stack(), expected)


def test_dirt_comes_at_its_planned_rates(large, residents, shipped_truth):
    persons, answers = large.persons, large.answers
    n = len(persons)
    near_share(persons["careless"], 0.08)
    assert len(answers) - n == round(0.012 * n) + shipped_truth["dirt"]["tests"]
    refused = answers["d8"].dropna() == residents.missing_code("refused")
    near_share(refused, 0.12)
    assert (answers["b4"] == 9999).sum() >= shipped_truth["dirt"]["out_of_range"]["rows"]


def test_single_questions_are_left_blank_as_planned(large):
    # Household size is asked of everybody early in the last section; what is blank beyond the
    # planned share belongs to break-offs (3 %) and to those who do not consent or are screened out.
    reached = large.answers["d13"].notna() & large.answers["d8"].notna()
    near_share(large.answers["d4"][reached].isna(), 0.015)


def test_durations(large):
    start, end = (pd.to_datetime(large.metadata[name].str[:19]) for name in ("start", "end"))
    minutes = (end - start).dt.total_seconds()[: len(large.persons)] / 60
    assert (minutes > 0).all()
    assert minutes.median() == pytest.approx(10.6, abs=0.4)
    assert 0.03 < (minutes < 4).mean() < 0.09


def test_contacts_answer_at_the_planned_rate_and_men_less(large):
    log = large.contacts
    led_to_a_form = log["submission"] != ""
    near_share(led_to_a_form, 0.60, 1.5)
    linked = log[led_to_a_form]
    assert linked["submission"].is_unique
    assert set(linked["disposition"]) == {"1.10", "2.11", "4.70"}
    assert set(linked["submission"]) <= set(large.metadata["_uuid"])
