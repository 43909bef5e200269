"""What the measurement step adds to the standard errors of a model.

Standard errors of the model take its columns as given. A jackknife that leaves out one cluster at a
time repeats both steps, and beside it the second alone; the ratio of the two standard errors of a
coefficient carries over what the first step adds. The residuals of the items stay as they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.calibrated.calibration import Calibration
from coproduction.inference.data.design import Design
from coproduction.inference.model import estimation
from coproduction.numerics.averages import times
from coproduction.numerics.glm import LinearFit, curve

MOST_UNITS, GROUPS = 200, 100
"""So many clusters, or rows, are left out one by one; of more, groups of equal numbers."""


def inflation(design: Design, calibration: Calibration) -> pd.Series:
    """Factor on the standard error of each parameter of a model with constructs.

    Of generalised linear models each fit is one Newton step from the full one, which is as good as
    the jackknife itself (an error of the order of 1 / J²); other families are fitted anew, and
    two-level models have the factors of the model without random effects. With more than 200
    clusters, or rows where there are none, 100 groups of them are left out.

    Parameters
    ----------
    design
        The model; its columns of constructs are those of the full measurement step.
    calibration
        That step.
    """
    single = replace(design, random=None)
    full = estimation.estimate(single)

    def refitted(moved: Design, kept: np.ndarray) -> np.ndarray:
        if full.linear is None:
            return _estimated(moved, kept, full.params.index)
        return _stepped(moved, single, kept, full.params.to_numpy(), full.linear)

    codes, units = left_out_together(design), design.rows.together.codes
    left, both = calibration.residuals, []
    for group in range(int(codes.max()) + 1):
        kept = codes != group
        freed = 0 if design.rows.cluster is None else len(np.unique(units[~kept]))
        covariance = left.without(~kept, freed)
        try:
            columns = calibration.columns(calibration.estimation.again(covariance), kept)
            # Bins of a moderator may stand in the place of its own term.
            held = {name: each for name, each in columns.items() if name in single.matrix}
            moved = single.with_columns(held)
            both.append([refitted(moved, kept), refitted(single, kept)])
        except (Refusal, np.linalg.LinAlgError):
            continue
    again, alone = np.var(both, axis=0)
    ratio = np.sqrt(np.divide(again, alone, where=alone > 0, out=np.ones(len(full.params))))
    return pd.Series(ratio, index=full.params.index)


def carried(known: pd.Series, design: Design) -> pd.Series:
    """Carry factors over to a model with the same measurement step.

    A product that is new has the largest factor of its own factors, a term that is new has one.

    Parameters
    ----------
    known
        Factors by part and term.
    design
        The model.
    """
    found = known.to_dict()
    for part in known.index.unique("part"):
        for column, factors in design.factors.items():
            own = [found.get((part, each), 1.0) for each in factors]
            found.setdefault((part, column), max(own, default=1.0))
    return pd.Series(found).rename_axis(known.index.names)


def left_out_together(design: Design) -> np.ndarray:
    """Give each row the number of the clusters that are left out together (n,)."""
    together = design.rows.together
    return together.codes % GROUPS if len(together.names) > MOST_UNITS else together.codes


def _stepped(
    moved: Design, design: Design, kept: np.ndarray, params: np.ndarray, linear: LinearFit
) -> np.ndarray:
    """Take one Newton step, without some rows, from the estimates of all."""
    out, x = design.matrix.to_numpy()[~kept], moved.matrix.to_numpy()[kept]
    working = times(linear.slope**2 / linear.variance, design.weights)
    lost = (out * working[~kept, None]).T @ out
    mean, slope, variance = curve(design.family.generalised_linear(), x @ params)
    weights = None if design.weights is None else design.weights[kept]
    score = x.T @ times((design.outcome[kept] - mean) * slope / variance, weights)
    return params + np.linalg.solve(linear.information - lost, score)


def _estimated(moved: Design, kept: np.ndarray, names: pd.Index) -> np.ndarray:
    """Estimate anew without some rows."""
    chosen = replace(
        moved, outcome=moved.outcome[kept], matrix=moved.matrix[kept], rows=moved.rows[kept]
    )
    return estimation.estimate(chosen).params.reindex(names).to_numpy()
