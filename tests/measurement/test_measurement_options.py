from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.measurement.exploratory.dimensionality import dimensionality
from coproduction.measurement.exploratory.extraction import factor_analysis
from coproduction.measurement.exploratory.parallel_analysis import (
    correlation_matrix,
    parallel_analysis,
)
from coproduction.measurement.exploratory.rotation import rotate
from coproduction.measurement.exploratory.schmid_leiman import schmid_leiman
from coproduction.measurement.factor.confirmatory import confirmatory
from coproduction.measurement.invariance.ladder import invariance
from coproduction.measurement.invariance.steps import Rule

RNG = np.random.default_rng(1)
ITEMS = pd.DataFrame(RNG.integers(1, 6, (50, 4)).astype(float), columns=list("abcd"))
MODEL = {"factors": {"f": list("abcd")}}
GROUPS = pd.Series(ITEMS.index % 2)
UNIT = np.eye(4)
RULE = Rule(cfi_drop=0.010, rmsea_rise=0.015)


@pytest.mark.parametrize(
    ("call", "allowed"),
    [
        (lambda: confirmatory(ITEMS, MODEL, "DWLS"), "`ML`, `MLR`, `WLSMV`"),
        (lambda: confirmatory(ITEMS, MODEL, missing="drop"), "`listwise`, `pairwise`, `fiml`"),
        (lambda: confirmatory(ITEMS, MODEL, identification="std"), "`marker`, `standardised`"),
        (lambda: confirmatory(ITEMS, MODEL, parameterisation="beta"), "`delta`, `theta`"),
        (lambda: confirmatory(ITEMS, MODEL, equal_across=["lambda"]), "`loading`"),
        (lambda: confirmatory(ITEMS, MODEL, confidence=95), "between 0 and 1"),
        (lambda: invariance(ITEMS, MODEL, GROUPS, "ULS", RULE), "`WLSMV`, `ML`, `MLR`, `FIML`"),
        (lambda: factor_analysis(UNIT, 50, 1, "paf"), "`minres`, `ml`"),
        (lambda: factor_analysis(UNIT, 50, 1, "ml", "quartimax"), "`varimax`"),
        (lambda: rotate(np.ones((4, 2)), "quartimax"), "`geomin`"),
        (lambda: schmid_leiman(np.ones((4, 2)), np.eye(2), "paf"), "`minres`, `ml`"),
        (lambda: correlation_matrix(ITEMS, "spearman"), "`polychoric`, `pearson`"),
        (lambda: parallel_analysis(ITEMS, 2, RNG, "spearman"), "`polychoric`, `pearson`"),
        (lambda: dimensionality(ITEMS, 2, RNG, "spearman"), "`polychoric`, `pearson`"),
    ],
)
def test_an_unknown_option_is_refused_with_those_that_are_allowed(call, allowed):
    with pytest.raises(StudyError, match=allowed):
        call()


def test_a_model_with_covariates_is_refused_by_confirmatory():
    with pytest.raises(StudyError, match="direct_effects"):
        confirmatory(ITEMS.assign(z=1.0), MODEL | {"covariates": {"z": ["f"]}})
