"""Laws that estimates from samples keep, whatever the sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.errors import Refusal, StudyError
from coproduction.numerics.survey.estimates import (
    design_effects,
    domain_means,
    kish_effect,
    means,
    ratios,
    shares,
    totals,
    variances,
)
from coproduction.numerics.survey.independence import independence
from coproduction.numerics.survey.quantiles import population_quantile
from coproduction.numerics.survey.variance import linearised_covariance
from coproduction.rows import Calibration, Replicates, Rows, rows_of
from coproduction.rows.sampling import Sampling, sampled

SAMPLING = Sampling("weight", ("place",), ("region",))


def sample(seed: int, n: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"region": np.arange(n) % 3, "place": np.arange(n) % 12})
    table["weight"] = rng.uniform(0.5, 4, n).round(2)
    table["y"] = rng.normal(size=n) + table["place"] / 4
    table["group"] = rng.integers(0, 2, n)
    return table


seeds = st.integers(0, 10**6)


@given(seeds, st.floats(0.01, 100))
def test_means_do_not_depend_on_what_weights_are_multiples_of(seed, factor):
    table = sample(seed)
    one = means(table["y"], sampled(table, SAMPLING))
    other = means(table["y"], sampled(table.assign(weight=factor * table["weight"]), SAMPLING))
    assert other.values == pytest.approx(one.values) and other.df == one.df
    assert other.covariance == pytest.approx(one.covariance)


@given(seeds)
def test_a_row_is_as_good_as_two_halves_of_it_in_the_same_unit(seed):
    table = sample(seed)
    halves = pd.concat([table, table], ignore_index=True)
    halves["weight"] /= 2
    one = means(table["y"], sampled(table, SAMPLING))
    other = means(halves["y"], sampled(halves, SAMPLING))
    assert other.values == pytest.approx(one.values)
    assert other.covariance == pytest.approx(one.covariance)


@given(seeds)
def test_rows_without_weight_change_nothing(seed):
    table = sample(seed)
    more = pd.concat([table, table.assign(weight=0.0, y=99.0)], ignore_index=True)
    one, other = (means(each["y"], sampled(each, SAMPLING)) for each in (table, more))
    assert other.values == pytest.approx(one.values)
    assert other.covariance == pytest.approx(one.covariance)


@given(seeds)
def test_leaving_out_one_unit_of_its_stratum_gives_the_linearised_variance_of_a_total(seed):
    table = sample(seed)
    rows = sampled(table, SAMPLING)
    unit, stratum = rows.design.stages[0].unit, rows.design.stages[0].stratum
    weights, rscales = [], []
    for each in np.unique(unit):
        here = stratum[unit == each][0]
        count = len(np.unique(unit[stratum == here]))
        kept = np.where(stratum == here, count / (count - 1), 1.0) * (unit != each)
        weights.append(rows.weight * kept)
        rscales.append((count - 1) / count)
    replicates = Replicates(np.array(weights).T, "JKn", 1.0, np.array(rscales), True)
    by_leaving_out = totals(table["y"], replace(rows, replicates=replicates))
    assert by_leaving_out.covariance == pytest.approx(totals(table["y"], rows).covariance)
    assert by_leaving_out.df == totals(table["y"], rows).df == 9


@given(seeds)
def test_what_weights_were_fitted_to_does_not_vary(seed):
    table = sample(seed)
    rows = sampled(table, SAMPLING)
    margins = np.column_stack([table["group"] == 0, table["group"] == 1, table["y"]]).astype(float)
    told = Calibration(margins, rows.weight, rows.weight)
    fitted = replace(rows, design=replace(rows.design, calibrations=(told,)))
    assert totals(margins, fitted).covariance == pytest.approx(np.zeros((3, 3)), abs=1e-18)
    noise = np.random.default_rng(seed).normal(size=len(table))
    explained = totals(noise + margins @ [3, -2, 5], fitted)
    assert explained.covariance == pytest.approx(totals(noise, fitted).covariance)


@given(seeds)
def test_means_of_domains_are_those_of_their_rows(seed):
    table = sample(seed)
    rows = sampled(table, SAMPLING)
    together = domain_means(table["y"], table["group"], 2, rows)
    for group in (0, 1):
        chosen = (table["group"] == group).to_numpy()
        alone = means(table["y"][chosen], rows[chosen])
        assert together.values[group] == pytest.approx(alone.values[0])
        assert together.std_errors[group] == pytest.approx(alone.std_errors[0])


def test_of_rows_drawn_at_random_errors_are_those_of_textbooks():
    table = sample(3)
    found = means(table["y"], rows_of(table))
    assert found.std_errors[0] == pytest.approx(table["y"].std() / np.sqrt(40))
    assert found.df == 39 and variances(table["y"], rows_of(table))[0] == pytest.approx(
        table["y"].var()
    )
    assert design_effects(table["y"], rows_of(table), found) == pytest.approx([1.0])
    halves = Sampling("weight", populations=("all",))
    whole = sampled(table.assign(weight=2.0, all=80.0), halves)
    assert means(table["y"], whole).std_errors[0] == pytest.approx(found.std_errors[0] / np.sqrt(2))


def test_a_table_of_rows_drawn_at_random_is_tested_as_by_pearson():
    from scipy.stats import chi2_contingency

    rng = np.random.default_rng(5)
    one, other = rng.integers(0, 2, 500), rng.integers(0, 3, 500)
    found = independence(one, other, rows_of(pd.DataFrame(index=range(500))))
    plain = chi2_contingency(np.histogram2d(one, other, (2, 3))[0], correction=False)
    assert found.chi_squared == pytest.approx(plain.statistic)
    assert found.design_effects == pytest.approx([1, 1], abs=0.15)
    assert found.first_order_p_value == pytest.approx(plain.pvalue, abs=0.05)
    with pytest.raises(Refusal, match="in one category"):
        independence(np.zeros(500), other, rows_of(pd.DataFrame(index=range(500))))


@given(seeds, st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_up_to_a_quantile_lies_its_probability_and_not_before_it(seed, probability):
    table = sample(seed)
    rows = sampled(table, SAMPLING)
    found = population_quantile(table["y"], probability, rows)
    below, up_to = (
        rows.weight[each].sum() / rows.weight.sum()
        for each in (table["y"] < found.value, table["y"] <= found.value)
    )
    assert below < probability <= up_to + 1e-12
    assert not found.conf_low > found.value and not found.conf_high < found.value


def test_kish_counts_what_unequal_weights_cost():
    assert kish_effect(np.full(7, 3.0)) == 1
    assert kish_effect(np.array([1.0, 3.0, 0.0])) == pytest.approx(2 * 10 / 16)


def test_what_cannot_be_estimated_is_refused_in_a_sentence():
    table = sample(1)
    rows = sampled(table, SAMPLING)
    with pytest.raises(Refusal, match="No row has a weight above 0"):
        means(table["y"], replace(rows, weight=np.zeros(40)))
    with pytest.raises(Refusal, match="divided by is 0"):
        ratios(table["y"], np.zeros(40), rows)
    with pytest.raises(StudyError, match="39 values are not those of 40 rows"):
        means(table["y"][:39], rows)
    with pytest.raises(StudyError, match="A value is missing"):
        means(table["y"].where(table["y"] > 0), rows)
    nowhere = Replicates(np.zeros((40, 2)), "JK1", 0.5, np.ones(2))
    with pytest.raises(Refusal, match="not defined in any replicate"):
        means(table["y"], replace(rows, replicates=nowhere))
    once = Replicates(
        np.column_stack([rows.weight, rows.weight * 2, 0 * rows.weight]), "JK1", 0.5, np.ones(3)
    )
    assert [str(note) for note in means(table["y"], replace(rows, replicates=once)).notes] == [
        'replicates_left_out {"k": 3, "n": 1}'
    ]
    assert np.isnan(shares(np.zeros(40), 2, rows).intervals(scale="logit")[0]).all()


def test_contributions_of_rows_that_are_left_out_are_zero():
    rows: Rows = sampled(sample(2), SAMPLING)
    chosen = np.arange(40) < 25
    added = np.arange(40.0)[:, None]
    assert linearised_covariance(added[chosen], rows[chosen]) == pytest.approx(
        linearised_covariance(added * chosen[:, None], rows)
    )
