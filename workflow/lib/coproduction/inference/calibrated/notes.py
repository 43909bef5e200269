"""What is to be said of the measurement step of a model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coproduction.inference.calibrated.calibration import Calibration
from coproduction.inference.calibrated.factors import NO_AGREEMENT
from coproduction.notes import Note, written
from coproduction.numerics.averages import times

Check = tuple[str, str, float, float, str]
"""Name of a check, term, value, limit, and what is amiss; empty if nothing is."""


def checks(calibration: Calibration, wanted: bool) -> Iterator[Check]:
    """Tell what the measurement step rests on.

    Parameters
    ----------
    calibration
        The measurement step.
    wanted
        Whether the model adjusts for agreement.

    Yields
    ------
    tuple
        `agreement_share`: the variance of agreement over the mean variance of the items' residuals,
        with the limit below which it is left out; `construct_reliability`: the share of a score's
        variance that is its construct's, and not error or agreement; `contents_left_out`: how many
        constructs that would tell agreement do not.
    """
    if wanted:
        yield "agreement_share", "", _share(calibration), NO_AGREEMENT, _agreement(calibration)
    if calibration.left_out:
        named = {"model": calibration.contents.model, "names": list(calibration.left_out)}
        told = str(Note("contents_left_out", named))
        yield "contents_left_out", "", float(len(calibration.left_out)), np.nan, told
    for name in calibration.levels:
        value = calibration.ruler(name) ** 2
        yield "construct_reliability", name, value, np.nan, _rests(calibration, name)


def _share(calibration: Calibration) -> float:
    variance, left = calibration.estimation.agreement, calibration.residuals
    if variance is None:
        return np.nan
    squares = times(left.values, None if left.weights is None else np.sqrt(left.weights)) ** 2
    return variance / float(squares.sum() / left.df / left.values.shape[1])


def _agreement(calibration: Calibration) -> str:
    if not calibration.contents.reversed:
        return str(Note("agreement_without_reversed", {"model": calibration.contents.model}))
    if calibration.estimation.with_agreement:
        return ""
    return str(Note("agreement_nearly_none", {"model": calibration.contents.model}))


def _rests(calibration: Calibration, name: str) -> str:
    scale, told = calibration.contents.scales[name], []
    if len(scale.items) == 2:
        told.append(Note("construct_of_two_items", {"name": name}))
    without = [item for item in calibration.estimation.at_zero if item in scale.items]
    if without:
        told.append(Note("items_without_error", {"name": name, "names": without}))
    return written(told)
