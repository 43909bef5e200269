"""What a family of outcomes is: all that the rest of the library asks of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.numerics.glm import LinearFit

if TYPE_CHECKING:
    from statsmodels.genmod import families

MEAN: Final = "mean"
ANY: Final = "any"
POSITIVE: Final = "positive"
THRESHOLD, DISPERSION, RANDOM = "threshold", "dispersion", "random"
Expected = Literal["number", "positive", "probability"]
Ratio = Literal["odds_ratio", "rate_ratio", ""]
RATIOS: dict[str, Ratio] = {"logit": "odds_ratio", "log": "rate_ratio"}
Need = Callable[[np.ndarray, Mapping[str, str]], None]
"""Refuses an outcome (n,) of a `model` and `name` that does not suit a family."""


@dataclass(frozen=True)
class Observations:
    """What a family is fitted to.

    Attributes
    ----------
    model, name
        Identifiers of the model and of its outcome, for refusals.
    outcome
        n.
    matrix
        n × k, columns named by term; the first is `intercept`.
    weights
        n: positive factors on the rows' parts of the likelihood, which is then a pseudo-likelihood
        (Binder 1983, *International Statistical Review* 51, 279–292); None where all are one.
    """

    model: str
    name: str
    outcome: np.ndarray
    matrix: pd.DataFrame
    weights: np.ndarray | None = None


@dataclass(frozen=True)
class Estimated:
    """An estimated model of n rows and p parameters.

    Attributes
    ----------
    params
        Parameters by `part` and `term`.
    scores
        n × p: each row's gradient, times its weight; zero where a part does not concern the row.
    bread
        p × p: inverse information (expected for generalised linear models, else observed).
    classical
        p × p: covariance if the model holds.
    log_likelihood
        At the maximum; NaN where there is no likelihood, as with weights, or its dispersion is not
        maximised.
    linear
        The generalised linear model, if it is one.
    """

    params: pd.Series
    scores: np.ndarray
    bread: np.ndarray
    classical: np.ndarray
    log_likelihood: float
    linear: LinearFit | None = None


@dataclass(frozen=True)
class Partials:
    """The expected outcome of n rows and its derivatives by the linear predictors.

    Attributes
    ----------
    value
        n: expected outcome, or probability of a category.
    first
        One array (n,) per linear predictor.
    second
        Square arrangement of arrays (n,): second derivatives.
    """

    value: np.ndarray
    first: list[np.ndarray]
    second: list[list[np.ndarray]]


class Differentiate(Protocol):
    """Gives the expected outcome and its derivatives; holds for complex arguments too."""

    def __call__(
        self, linear: Sequence[np.ndarray], further: np.ndarray, category: int | None = None
    ) -> Partials:
        """Differentiate at linear predictors and further parameters.

        Parameters
        ----------
        linear
            Linear predictors (n,), in the order of the family's parts.
        further
            Thresholds, or the logarithm of the dispersion, or nothing.
        category
            Of an ordered outcome the position of the category whose probability is meant, the
            highest if none is named.
        """
        ...


class Estimate(Protocol):
    """Maximises a likelihood."""

    def __call__(self, observed: Observations, part: str = MEAN) -> Estimated:
        """Estimate the parameters, those of the linear predictor under the name of a part.

        Raises
        ------
        Refusal
            If a term separates the outcome, the outcome does not suit the family, or the search
            does not come to rest.
        """
        ...


@dataclass(frozen=True)
class Counts:
    """What can be checked of a family of counts.

    Attributes
    ----------
    zeros
        Gives the predicted share of zeros from linear predictors, further parameters and weights
        of the rows, on average one, if they have any.
    variance
        Gives the variance (n,) from the means (n,) and further parameters, if there is a check of
        the dispersion.
    limit
        Dispersion χ² / (n − k) that the family allows, NaN if any.
    """

    zeros: Callable[[Sequence[np.ndarray], np.ndarray, np.ndarray | None], float]
    variance: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None
    limit: float = np.nan


@dataclass(frozen=True)
class Points:
    """Points of the distribution of each row's outcome.

    Attributes
    ----------
    values
        … × q: what the outcome could be.
    weights
        … × q: how much of the distribution each stands for.
    by_linear
        … × q: derivative of the weights by the linear predictor.
    by_further
        Likewise by each further parameter.
    """

    values: np.ndarray
    weights: np.ndarray
    by_linear: np.ndarray
    by_further: list[np.ndarray]


class Distributed(Protocol):
    """Gives the points of a family's outcomes."""

    def __call__(self, linear: np.ndarray, further: np.ndarray, outcome: np.ndarray) -> Points:
        """Give points.

        Parameters
        ----------
        linear
            Linear predictors of any shape.
        further
            Thresholds, or the logarithm of the dispersion, or nothing.
        outcome
            Outcomes that were observed, whose categories are those that there are.

        Raises
        ------
        Refusal
            If counts reach too far.
        """
        ...


@dataclass(frozen=True)
class Family:
    """A family of outcomes with its link.

    It has one linear predictor (`mean`), or two: `any` for the logit of a positive outcome and
    `positive` for the size of a positive one. Thresholds and dispersion are further parameters.

    Attributes
    ----------
    name
        As a plan calls it.
    meaning
        What it is, in a few words for the manual.
    link
        Name of the link of its last linear predictor.
    expected
        Where expected outcomes can be: any `number`, `positive` ones, or a `probability`.
    needs
        What an outcome must be.
    estimate
        Maximises the likelihood.
    partials
        Gives the expected outcome and its derivatives.
    parts
        Names of the linear predictors.
    distribution
        Makes statsmodels' distribution and link of a generalised linear model, or None.
    ordered
        Whether outcomes are ordered categories, each with a probability.
    two_level
        Which two-level model there is, if any.
    classical
        Whether there are model-based standard errors, as there are none of a pseudo-likelihood.
    student
        Whether tests without clusters have n − k degrees of freedom.
    counts
        What can be checked, if outcomes are counts.
    points
        Gives points of the distribution of outcomes, to average over it, if there are any.
    """

    name: str
    meaning: str
    link: str
    expected: Expected
    needs: tuple[Need, ...]
    estimate: Estimate
    partials: Differentiate
    parts: tuple[str, ...] = (MEAN,)
    distribution: Callable[[], families.Family] | None = None
    ordered: bool = False
    two_level: Literal["linear", "logit"] | None = None
    classical: bool = True
    student: bool = False
    counts: Counts | None = None
    points: Distributed | None = None

    def generalised_linear(self) -> families.Family:
        """Make statsmodels' distribution and link of a generalised linear model.

        Raises
        ------
        StudyError
            If the family has none.
        """
        if self.distribution is None:
            raise StudyError(f"The family `{self.name}` is no generalised linear model.")
        return self.distribution()

    @property
    def binary(self) -> bool:
        """Whether outcomes are 0 or 1."""
        return self.expected == "probability" and not self.ordered

    @property
    def constant_effects(self) -> bool:
        """Whether a term without products has the same effect on everyone."""
        return self.link == "identity"

    @property
    def leverages(self) -> bool:
        """Whether there are CR2, HC2 and HC3 standard errors."""
        return self.distribution is not None

    @property
    def ratio(self) -> Ratio:
        """What an exponentiated coefficient is; empty where it is nothing."""
        return RATIOS.get(self.link, "")

    def check(self, outcome: np.ndarray, model: str, name: str) -> None:
        """Refuse an outcome (n,) that does not suit the family.

        Raises
        ------
        Refusal
            Naming the model and the outcome.
        """
        for need in self.needs:
            need(outcome, {"model": model, "name": name})
