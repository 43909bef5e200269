"""Calibrated constructs as columns of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.calibrated.contents import Contents
from coproduction.inference.calibrated.factors import Estimation, Factors, estimate
from coproduction.inference.calibrated.redundant import without_redundant
from coproduction.inference.calibrated.residuals import Residuals, residuals
from coproduction.inference.calibrated.scores import loading_and_error, score_weights
from coproduction.inference.data.split import split
from coproduction.numerics.averages import mean, standard_deviation
from coproduction.plan.models.model import Model
from coproduction.plan.options import AGREEMENT_SCORE, NO_AGREEMENT
from coproduction.plan.vocabulary.predictors import MEAN, OTHERS, OWN, WITHIN, Predictor
from coproduction.plan.vocabulary.terms import AGREEMENT
from coproduction.rows import Rows

Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Level:
    """What of a construct's score does not come from the residuals (n,).

    Attributes
    ----------
    entry
        Predictor that it belongs to.
    composite
        Mean of the keyed items.
    fitted
        What covariates and clusters tell of it, centred.
    means
        By part the mean of the cluster, or of its other members, centred.
    """

    entry: Predictor
    composite: np.ndarray
    fitted: np.ndarray
    means: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Calibration:
    """The measurement step of a model of n rows.

    Attributes
    ----------
    contents
        Constructs and items.
    units
        p: units of the items.
    residuals
        What covariates and clusters leave of the items.
    estimation
        The factor model.
    levels
        By construct, in the order of the contents, what completes its score.
    left_out
        Constructs that would only tell agreement, and whose items tell nothing.
    """

    contents: Contents
    units: np.ndarray
    residuals: Residuals
    estimation: Estimation
    levels: Mapping[str, Level] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def constructs(self) -> dict[str, str]:
        """Terms that stand for a construct, each with its construct."""
        return {term: name for name, level in self.levels.items() for term in level.entry.terms}

    def columns(self, factors: Factors | None = None, kept: np.ndarray | None = None) -> Columns:
        """Make the terms of the constructs, and of agreement, in standard deviations of each.

        Parameters
        ----------
        factors
            Parameters of the factor model, if they are not those that were estimated.
        kept
            Rows (n,) over which standard deviations are taken; all if none are named.

        Raises
        ------
        Refusal
            If the error of a score varies more than the score itself.
        """
        factors = self.estimation.factors if factors is None else factors
        expected = self.residuals.values @ score_weights(factors, self.contents)
        made: Columns = {}
        for place, (name, level) in enumerate(self.levels.items()):
            loading, _ = loading_and_error(factors, self.weights(place))
            spread = np.sign(loading) * self.spread(name, factors, kept)
            total = (expected[:, place] + level.fitted / loading) / spread
            means = {part: each / (loading * spread) for part, each in level.means.items()}
            parts = {OWN: total, **means}
            if MEAN in means:
                parts[WITHIN] = total - means[MEAN]
            made |= {term: parts[part] for term, part in level.entry.terms.items()}
        if factors.agreement > 0:
            made[AGREEMENT] = expected[:, -1] / np.sqrt(factors.agreement)
        return made

    def spread(
        self, name: str, factors: Factors | None = None, kept: np.ndarray | None = None
    ) -> float:
        """Give the standard deviation of a construct, in units of its factor.

        That of its composite, less the variance of the error.
        """
        share, loading, total = self._shares(name, factors, kept)
        return float(np.sqrt(share * total) / abs(loading))

    def ruler(self, name: str) -> float:
        """How many standard deviations of the construct one of its score tells of.

        The correlation of both, the root of the score's reliability with agreement as error.
        """
        return float(np.sqrt(self._shares(name)[0]))

    def weights(self, place: int) -> np.ndarray:
        """Weights (p,) of the items in the composite of a construct."""
        return self.contents.composite(place, self.units)

    def _shares(
        self, name: str, factors: Factors | None = None, kept: np.ndarray | None = None
    ) -> tuple[float, float, float]:
        """Share of the composite's variance that is the construct's, its loading, its variance."""
        factors = self.estimation.factors if factors is None else factors
        place = self.contents.names.index(name)
        loading, error = loading_and_error(factors, self.weights(place))
        composite = self.levels[name].composite
        weights, chosen = self.residuals.weights, slice(None) if kept is None else kept
        if weights is None:
            total = float(composite[chosen].var(ddof=1))
        else:
            total = float(standard_deviation(composite[chosen], weights[chosen])) ** 2
        if error >= total:
            raise Refusal(
                "error_beyond_score", model=self.contents.model, name=name, error=error, total=total
            )
        return 1 - error / total, loading, total


def calibrate(
    table: pd.DataFrame,
    rows: Rows,
    kept: np.ndarray,
    model: Model,
    contents: Contents,
    covariates: np.ndarray,
) -> Calibration:
    """Take the measurement step of a model.

    Parameters
    ----------
    table
        One row per respondent, of everybody analysed in the study; raw items among its columns.
    rows
        What they stand for.
    kept
        Which of them the model analyses; these have answered every item.
    model, contents
        The model, and the constructs of the step.
    covariates
        Terms of the model that are of no construct, of the rows that are kept (n × k).

    Raises
    ------
    Refusal
        If the answers do not determine the factor model.
    """
    answers = table[list(contents.items)].astype(float)
    units = contents.units(answers[kept])
    if (units == 0).any():
        constant = contents.items[int(np.flatnonzero(units == 0)[0])]
        raise Refusal("model_constant_variable", model=model.id, name=constant)
    everybody = answers.to_numpy() / units
    left = residuals(everybody[kept], covariates, rows[kept])
    contents, own, gone = without_redundant(contents, left.values)
    everybody, units, left = everybody[:, own], units[own], left.of(own)
    wanted = model.agreement_mode != NO_AGREEMENT and contents.reversed
    estimation = estimate(left.covariance, contents, wanted)
    found = Calibration(contents, units, left, estimation, left_out=gone)
    if model.agreement_mode == AGREEMENT_SCORE:
        return found
    levels = {}
    for entry in model.entries:
        if entry.construct is not None:
            weights = found.weights(contents.names.index(entry.construct))
            levels[entry.construct] = _level(entry, everybody, left, weights, rows, kept)
    return replace(found, levels=levels)


def _level(
    entry: Predictor,
    everybody: np.ndarray,
    left: Residuals,
    weights: np.ndarray,
    rows: Rows,
    kept: np.ndarray,
) -> Level:
    """Complete a construct's score by its composite, of everybody for the means of clusters."""
    own = weights != 0
    composite = pd.Series(everybody[:, own] @ weights[own], index=rows.index)
    centre = mean(composite[kept], left.weights)
    means = {}
    if entry.split is not None and rows.cluster is not None:
        parts = split(composite, rows.cluster, entry.split, rows.weight)
        means = {
            part: each[kept].to_numpy() - centre
            for part, each in parts.items()
            if part in (MEAN, OTHERS)
        }
    return Level(entry, composite[kept].to_numpy(), left.fitted @ weights, means)
