"""Items load, correlate, agree and do not know as the truth file says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from towns import alpha, answered, ready, residents_ready, world

from coproduction.errors import StudyError

ALPHA = {
    **{"mi": 0.79, "cr": 0.80, "os": 0.79, "pl": 0.85, "pc": 0.73, "vi": 0.75},
    **{"ec": 0.68, "pm": 0.73, "ct": 0.60, "gg": 0.85, "pi": 0.81},
}
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


@pytest.fixture(scope="module")
def residents():
    return world(residents_ready(), 1000, 30)


@pytest.fixture(scope="module")
def told(residents):
    return answered(residents_ready(), residents)


def test_latents_of_residents_correlate_as_the_brief_says(residents):
    found = np.corrcoef([residents.values[name] for name in ORDER])
    for i, row in enumerate(CORRELATIONS.strip().splitlines(), start=1):
        for j, target in enumerate(row.split()):
            # Rounding of the paths, .02, and chance at n = 30,000 with clustering, .02.
            assert found[i, j] == pytest.approx(float(target), abs=0.04), (ORDER[i], ORDER[j])


@pytest.mark.parametrize("construct", ALPHA)
def test_scales_of_residents_are_as_reliable_as_the_brief_says(told, construct):
    items = residents_ready().main.scale(construct)
    keyed = np.column_stack([6 - told[i.id] if i.reverse else told[i.id] for i in items])
    answered_all = ((keyed >= 1) & (keyed <= 5)).all(axis=1)
    assert alpha(keyed[answered_all]) == pytest.approx(ALPHA[construct], abs=0.03)


def test_responses_have_the_loadings_of_the_file():
    text = """
scales:
  items:
    t1: {loading: 0.8}
    t2: {loading: 0.5, cross_loadings: {duty: 0.4}}
  constructs: {trust: {facet_loading: 0.3}}
styles: {acquiescence: {loading: 0.2}}
"""
    generator = ready(text)
    true = world(generator, 1, 200_000)
    found, latents = answered(generator, true), true.values
    predictors = np.column_stack(
        [latents[name] for name in ("trust", "duty", "trust_near", "trust_far", "acquiescence")]
    )

    def slopes(item: str) -> np.ndarray:
        """Probit slopes at the middle threshold, of a response with variance one."""
        from statsmodels.api import Probit, add_constant

        model = Probit((found[item] >= 3).astype(float), add_constant(predictors)).fit(disp=0)
        own = 1 / np.sqrt(1 + np.cov(predictors @ model.params[1:]))
        return model.params[1:] * own

    assert slopes("t1") == pytest.approx([0.8, 0, 0.3, 0, 0.2], abs=0.02)
    assert slopes("t2") == pytest.approx([0.5, 0.4, 0.3, 0, 0.2], abs=0.02)
    # A reversed item loads negatively, also on its facet, and is agreed with like any other.
    assert slopes("t4") == pytest.approx([-0.55, 0, 0, -0.3, 0.2], abs=0.02)


def test_thresholds_cut_a_standard_normal_response():
    text = "scales: {thresholds: {mine: [-1.6, -0.8, 0, 1]}, items: {mark: {thresholds: mine}}}"
    generator = ready(text + "\nstyles: {acquiescence: {loading: 0.5}}")
    found = answered(generator, world(generator, 1, 50_000))["mark"]
    shares = np.diff([0, *norm.cdf([-1.6, -0.8, 0, 1]), 1])
    for code, share in enumerate(shares, start=1):
        assert np.mean(found == code) == pytest.approx(share, abs=0.008)


def test_agreement_raises_raw_items_and_desirability_keyed_ones():
    for style, forward, backward in (("acquiescence", 1, 1), ("desirability", 1, -1)):
        generator = ready(f"styles: {{{style}: {{loading: 0.5}}}}")
        true = world(generator, 1, 5000)
        found = answered(generator, true)
        for item, sign in (("t1", forward), ("t4", backward)):
            slope = np.corrcoef(true.values[style], found[item])[0, 1]
            assert slope * sign > 0.3, (style, item)
        marker = abs(np.corrcoef(true.values[style], found["mark"])[0, 1])
        assert (marker > 0.3) == (style == "acquiescence")


def test_a_style_spreads_or_gathers_the_answers_of_those_who_have_it():
    for style, codes in (("extreme", (1, 5)), ("midpoint", (3,))):
        generator = ready(f"styles: {{{style}: {{strength: 0.6}}}}")
        true = world(generator, 1, 20_000)
        chosen = np.isin(answered(generator, true)["t1"], codes)
        has = true.values[style] > 1
        lacks = true.values[style] < -1
        assert chosen[has].mean() > chosen[lacks].mean() + 0.2, style


def test_a_group_answers_otherwise_only_the_items_that_are_named():
    text = """
conditions: {woman: "sex == 1"}
scales: {differences: [{condition: woman, items: [t1], shift: 0.7, loading: 0.5}]}
"""
    generator = ready(text)
    true = world(generator, 1, 20_000)
    found, woman = answered(generator, true), true.holds("woman")
    assert found["t1"][woman].mean() > found["t1"][~woman].mean() + 0.4
    assert found["t2"][woman].mean() == pytest.approx(found["t2"][~woman].mean(), abs=0.05)
    slopes = [np.corrcoef(true.values["trust"][g], found["t1"][g])[0, 1] for g in (woman, ~woman)]
    assert slopes[0] < 0.7 * slopes[1]


def test_the_ignorant_do_not_know_more_often():
    text = """
equations: {ignorance: {}}
scales: {dont_know: 0.05, items: {u1: {dont_know: 0}}, ignorance: {ignorance: 0.8}}
"""
    generator = ready(text)
    true = world(generator, 1, 40_000)
    unsure = answered(generator, true)["t1"] == -88
    ignorance = true.values["ignorance"]
    for low, high in ((-1.1, -0.9), (-0.1, 0.1), (0.9, 1.1)):
        inside = (ignorance > low) & (ignorance < high)
        expected = 0.05 * np.exp(0.8 * (low + high) / 2)
        assert unsure[inside].mean() == pytest.approx(expected, abs=0.02)
    assert not (answered(generator, true)["u1"] == -88).any()


def test_residents_outside_the_organisation_know_less(residents, told):
    outside = residents.holds("outsider")
    for construct, share in (("os", 0.18), ("mi", 0.12), ("pm", 0.02)):
        for item in residents_ready().main.scale(construct):
            unsure = told[item.id] == -88
            assert unsure[outside].mean() == pytest.approx(2 * share, abs=0.015)
            assert unsure[~outside].mean() == pytest.approx(share, abs=0.025)


def test_loadings_that_explain_more_than_all_are_refused():
    text = "styles: {acquiescence: {loading: 0.8}}\nscales: {loading: 0.8}"
    with pytest.raises(StudyError, match=r"loads on `t1` explains 1\.2"):
        ready(text)
