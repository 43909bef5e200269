"""Variance components of imputed tables keep to what is possible, and to each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coproduction.inference.completed.components import back, on_their_scales
from coproduction.inference.variance.variance_components import latent_icc, median_odds_ratio
from coproduction.missing.tidy import pool_tables

QUANTILE = 0.6744897501960817


def components(sigma: float, error: float) -> pd.DataFrame:
    """Components of a logit with a random intercept, with errors by the delta method."""
    share, ratio = latent_icc(sigma), median_odds_ratio(sigma)
    rows = {
        "standard_deviation": (sigma, error),
        "icc": (share, 2 * share * (1 - share) / sigma * error),
        "median_odds_ratio": (ratio, ratio * np.sqrt(2) * QUANTILE * error),
    }
    table = pd.DataFrame(rows.values(), columns=["estimate", "std_error"])
    return table.assign(component=list(rows), conf_low=np.nan, conf_high=np.nan)


def pooled(*tables: pd.DataFrame) -> pd.DataFrame:
    found = pool_tables(on_their_scales(tables), ["component"], 0.95)
    return back(found).set_index("component")


@pytest.mark.parametrize("sigmas", [(0.3, 0.3), (0.2, 0.35, 0.3), (0.9, 1.2)])
def test_intervals_of_a_random_intercept_are_one_interval_and_possible(sigmas):
    found = pooled(*(components(sigma, 0.12) for sigma in sigmas))
    for name in ("estimate", "conf_low", "conf_high"):
        sigma = found.loc["standard_deviation", name]
        assert found.loc["icc", name] == pytest.approx(latent_icc(sigma))
        assert found.loc["median_odds_ratio", name] == pytest.approx(median_odds_ratio(sigma))
    assert 0 < found.loc["icc", "conf_low"] < found.loc["icc", "conf_high"] < 1


def test_tables_that_agree_give_the_estimate_and_error_that_each_has():
    one = components(0.4, 0.1)
    found = pooled(one, one).reset_index()[["estimate", "std_error"]]
    pd.testing.assert_frame_equal(found, one[["estimate", "std_error"]])


def test_a_component_at_its_edge_in_one_table_has_no_estimate_and_no_interval():
    edge = components(0.4, 0.1).assign(estimate=[0.0, 0.0, 1.0], std_error=np.nan)
    found = pooled(components(0.4, 0.1), edge)
    assert found[["estimate", "std_error", "conf_low", "conf_high"]].isna().all(axis=None)
