"""How strong an unmeasured common cause of mediator and outcome would have to be.

ρ is the correlation of the errors of a normal mediator M and of a linear outcome, or of the latent
one of a probit; without an unmeasured common cause it is 0 (Imai, Keele and Yamamoto 2010,
*Statistical Science* 25, 51–71; Imai, Keele and Tingley 2010, *Psychological Methods* 15, 309–334).
Given ρ the models that are fitted say all. With residual standard deviations σ of the mediator and
s of the outcome (1 of a probit), the mean of Y(a, M(a′)) is the g-formula's with κ {m(a) − m(a′)}
added to the linear predictor, where m(a) is the mediator's mean at the exposure a and
κ = ρ s / {σ √(1 − ρ²)}: among those with a mediator's residual e the outcome's error has a mean
proportional to κ e, and the fitted model takes e as M − m(a) where it is M − m(a′). With two linear
models that is theorem 4 of the first paper. The total effect does not depend on ρ.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from coproduction.inference.mediation.effects import basis, estimated
from coproduction.inference.mediation.gformula import Mean, mean_outcome
from coproduction.inference.mediation.stages import Mediated
from coproduction.numerics.families.family import MEAN

GRID = np.round(np.arange(-9, 10) / 10, 1)
"""Values of ρ that are tabulated."""
DIRECT, CROSSED, UPPER = (0, 0), (0, 1), (1, 1)


def by_rho(found: Mediated) -> pd.DataFrame:
    """Tabulate the natural effects over values of ρ, with delta-method intervals.

    Returns
    -------
    pandas.DataFrame
        `mediation, estimand, rho, estimate, std_error, statistic, df, p_value, conf_low, conf_high,
        n, n_clusters, covariance`.
    """
    lower, upper = mean_outcome(found, DIRECT), mean_outcome(found, UPPER)
    rows = []
    for rho in GRID:
        crossed = _crossed(found, float(rho))
        both = {"natural_indirect": (upper, crossed), "natural_direct": (crossed, lower)}
        for kind, (one, other) in both.items():
            effect = estimated(found, one.value - other.value, one.gradient - other.gradient)
            rows.append({"estimand": kind, "rho": float(rho), **effect})
    return pd.DataFrame(rows).assign(mediation=found.planned.id, **basis(found))


def explaining(found: Mediated) -> dict[str, Any]:
    """Find the ρ at which the natural indirect effect is zero, with its standard error.

    The effect falls or rises with ρ throughout, so that there is one; its gradient is that of an
    implicit function. Where the exposure does not move the mediator at all there is none.
    """
    from scipy.optimize import brentq

    upper, moved = mean_outcome(found, UPPER), _moved(found)
    if not moved:
        return estimated(found, np.nan, np.zeros(len(upper.gradient)))

    def left(kappa: float) -> float:
        return upper.value - mean_outcome(found, CROSSED, shift=kappa * moved).value

    reach = 1.0
    while left(-reach) * left(reach) > 0:
        reach *= 2
    kappa = float(brentq(left, -reach, reach, xtol=1e-12, rtol=1e-12))
    ratio = _ratio(found)
    rho = kappa / float(np.hypot(kappa, ratio))
    crossed = _crossed(found, rho)
    by_rho = -crossed.by_shift * moved * ratio * (1 - rho**2) ** -1.5
    return estimated(found, rho, -(upper.gradient - crossed.gradient) / by_rho)


def limit(table: pd.DataFrame, zero: float) -> float:
    """Find the ρ nearest to 0, on the way to `zero`, at which the interval includes no effect.

    Parameters
    ----------
    table
        Natural indirect effects by `rho`, with `conf_low` and `conf_high`; between its values the
        ends of intervals are taken as straight.
    zero
        ρ at which the effect is zero.
    """
    rows = table.sort_values("rho")
    rho = rows["rho"].to_numpy(float)
    inner = (rows["conf_low"] * rows["conf_high"]).to_numpy(float)
    start = int(np.argmin(np.abs(rho)))
    if inner[start] <= 0:
        return 0.0
    positive = rows["conf_low"].iloc[start] > 0
    end = rows["conf_low" if positive else "conf_high"].to_numpy(float)
    step = 1 if zero > 0 else -1
    place = start
    while 0 <= place + step < len(rho) and end[place + step] * end[start] > 0:
        place += step
    after = place + step
    if not 0 <= after < len(rho):
        return float(zero)
    share = end[place] / (end[place] - end[after])
    return float(rho[place] + share * (rho[after] - rho[place]))


def mediator_slope(found: Mediated) -> dict[str, Any]:
    """Give what robustness values are computed from: the mediator's slope in a linear outcome.

    Empty where the outcome is not linear in one mediator, or its slope depends on the exposure.
    """
    planned, own = found.planned, found.outcome.fit
    alone = len(planned.mediators) == 1 and not planned.exposure_mediator_interaction
    if planned.family != "gaussian" or not alone:
        return {}
    place = own.keys.index((MEAN, planned.mediators[0].term))
    gradient = np.zeros(found.places[-1].stop)
    gradient[found.places[-1].start + place] = 1.0
    return {
        **estimated(found, float(own.params.iloc[place]), gradient),
        "classical_error": float(np.sqrt(own.estimated.classical[place, place])),
        "residual_df": own.n - len(own.params),
    }


def _moved(found: Mediated) -> float:
    """How far the exposure moves the mediator's mean."""
    stage = found.stages[0]
    return float(_step(found) @ stage.params[: len(stage.fit.params)])


def _step(found: Mediated) -> np.ndarray:
    """Give the difference of the mediator's columns between the exposure's two values."""
    low, high = found.stages[0].matrices
    ((_, columns),) = found.stages[0].fit.linear
    return (high[0] - low[0])[columns]


def _ratio(found: Mediated) -> float:
    """Residual standard deviation of the outcome (1 of a probit) over that of the mediator.

    Those of two linear models are over n, as the correlation of their residuals is.
    """
    mediator, outcome = found.stages
    if not outcome.dispersed:
        return float(np.exp(-mediator.params[-1] / 2))
    left = [each.fit.n - len(each.fit.params) for each in (outcome, mediator)]
    ratio = np.exp((outcome.params[-1] - mediator.params[-1]) / 2)
    return float(ratio * np.sqrt(left[0] / left[1]))


def _crossed(found: Mediated, rho: float) -> Mean:
    """Mean outcome at the upper exposure with the mediator as it is at the lower one, given ρ."""
    kappa = rho / np.sqrt(1 - rho**2) * _ratio(found)
    moved = _moved(found)
    mean = mean_outcome(found, CROSSED, shift=kappa * moved)
    mediator, outcome = found.places
    by_parameters = np.zeros(len(mean.gradient))
    coefficients = found.stages[0].fit.linear[0][0]
    by_parameters[mediator][coefficients] = kappa * _step(found)
    by_parameters[mediator.stop - 1] = -kappa * moved / 2
    if found.outcome.dispersed:
        by_parameters[outcome.stop - 1] = kappa * moved / 2
    return Mean(mean.value, mean.gradient + mean.by_shift * by_parameters, mean.by_shift)
