"""Direct, indirect and total effects of a structural model, with their intervals.

With A the paths of a model, E = (I − A)⁻¹ holds total effects; a specific indirect effect is the
product of the paths along it (Bollen 1987, *Sociological Methodology* 17, 37–69). Standard errors
come from the delta method (Sobel 1982, *Sociological Methodology* 13, 290–312); the distribution of
a product is skewed, which intervals by Monte Carlo heed: quantiles of the effect over normal draws
of the parameters (MacKinnon, Lockwood and Williams 2004, *Multivariate Behavioral Research* 39,
99–128; Preacher and Selig 2012, *Communication Methods and Measures* 6, 77–98).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from coproduction.errors import Refusal
from coproduction.numerics.resampling import generator
from coproduction.options import check_option

Kind = Literal["path", "indirect", "total_effect", "share_mediated", "indirect_difference"]
DRAWS = 20_000
STEP = 1e-20
BLOCK = 500


@dataclass(frozen=True)
class PathEffect:
    """What is asked of a structural model.

    Attributes
    ----------
    kind
        `path`: one regression coefficient; `indirect`: the product of those along a path, or all
        that does not go straight where the path names its ends only; `total_effect`: all that goes
        from one end to the other; `share_mediated`: that indirect effect over the total one;
        `indirect_difference`: one indirect effect less another.
    along
        Variables along the path, cause first.
    less
        Along the path whose effect is taken off a difference.
    """

    kind: Kind
    along: tuple[str, ...]
    less: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a kind that there is not and paths that are too short or go in a circle."""
        check_option("kind", self.kind, Kind)
        paths = [self.along, *([self.less] if self.kind == "indirect_difference" else [])]
        for path in paths:
            if len(path) < 2 or len(set(path)) < len(path):
                raise Refusal("path_malformed", names=list(path))
        if self.kind in ("path", "total_effect") and len(self.along) > 2:
            raise Refusal("path_of_two", kind=self.kind, names=list(self.along))

    @property
    def term(self) -> str:
        """The effect as one text, such as `mi > vi > pi` or `cr > vi > pi - mi > vi > pi`."""
        return " - ".join(" > ".join(path) for path in (self.along, self.less) if path)

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Every regression that the effect names, cause first."""
        long = [path for path in (self.along, self.less) if len(path) > 2 or self.kind == "path"]
        return [pair for path in long for pair in pairwise(path)]

    def of(self, names: tuple[str, ...], paths: np.ndarray) -> np.ndarray:
        """Compute the effect from paths, … × m × m, over any leading dimensions."""
        if self.kind == "path":
            return self._product(names, paths, self.along)
        if self.kind == "total_effect":
            return _total(names, paths, self.along)
        indirect = self._indirect(names, paths, self.along)
        if self.kind == "share_mediated":
            return indirect / _total(names, paths, self.along)
        if self.kind == "indirect_difference":
            return indirect - self._indirect(names, paths, self.less)
        return indirect

    def _indirect(
        self, names: tuple[str, ...], paths: np.ndarray, along: tuple[str, ...]
    ) -> np.ndarray:
        if len(along) > 2:
            return self._product(names, paths, along)
        return _total(names, paths, along) - self._product(names, paths, along)

    @staticmethod
    def _product(names: tuple[str, ...], paths: np.ndarray, along: tuple[str, ...]) -> np.ndarray:
        places = [names.index(name) for name in along]
        parts = [paths[..., b, a] for a, b in pairwise(places)]
        return np.prod(parts, axis=0)


def _total(names: tuple[str, ...], paths: np.ndarray, along: tuple[str, ...]) -> np.ndarray:
    first, last = names.index(along[0]), names.index(along[-1])
    return np.linalg.inv(np.eye(len(names)) - paths)[..., last, first]


@dataclass(frozen=True)
class Derived:
    """What effects are computed from.

    Attributes
    ----------
    names
        m variables of the model.
    theta, covariance
        q estimated parameters and their covariance matrix.
    paths
        From parameters (… × q, complex ones too) to paths, … × m × m.
    spreads
        From parameters to the standard deviations of the variables, … × m.
    disturbances
        From parameters to the covariance matrix of what the paths leave of the variables,
        … × m × m.
    pairs
        Explained variables whose disturbances may covary.
    """

    names: tuple[str, ...]
    theta: np.ndarray
    covariance: np.ndarray
    paths: Callable[[np.ndarray], np.ndarray]
    spreads: Callable[[np.ndarray], np.ndarray]
    disturbances: Callable[[np.ndarray], np.ndarray]
    pairs: tuple[tuple[str, str], ...] = ()

    def standardised_paths(self, theta: np.ndarray) -> np.ndarray:
        """Paths between variables of variance one."""
        spread = self.spreads(theta)
        return self.paths(theta) * spread[..., None, :] / spread[..., :, None]

    def slope(self, of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Give the derivatives of a number made of the parameters, by a step into the imaginary."""
        moved = self.theta + 1j * STEP * np.eye(len(self.theta))
        return of(moved).imag / STEP

    def error(self, of: Callable[[np.ndarray], np.ndarray]) -> float:
        """Give the standard error of a number made of the parameters, by the delta method."""
        slope = self.slope(of)
        return float(np.sqrt(max(slope @ self.covariance @ slope, 0)))


def disturbance_correlations(derived: Derived) -> pd.DataFrame:
    """Estimate how what the paths leave of the explained variables correlates.

    Each is the covariance of two disturbances over their standard deviations, as the standardised
    covariances of structural models are; its standard error comes from the delta method.

    Parameters
    ----------
    derived
        The model, its parameters and what they make.

    Returns
    -------
    pandas.DataFrame
        A row per pair whose disturbances may covary: `term` (`a ~~ b`), `estimate, std_error`.
    """
    rows = []
    for one, other in derived.pairs:
        i, j = derived.names.index(one), derived.names.index(other)

        def correlation(theta: np.ndarray, i: int = i, j: int = j) -> np.ndarray:
            left = derived.disturbances(theta)
            return left[..., i, j] / np.sqrt(left[..., i, i] * left[..., j, j])

        value = float(correlation(derived.theta))
        rows.append((f"{one} ~~ {other}", value, derived.error(correlation)))
    return pd.DataFrame(rows, columns=["term", "estimate", "std_error"])


def effect_table(
    derived: Derived,
    effects: Mapping[str, PathEffect],
    confidence: float,
    seed: int,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Estimate effects of a structural model.

    Parameters
    ----------
    derived
        The model, its parameters and what they make.
    effects
        What is asked, by name.
    confidence
        Confidence level of the intervals.
    seed
        Seed of the Monte-Carlo draws.
    draws
        Number of draws.

    Returns
    -------
    pandas.DataFrame
        A row per effect: `effect, kind, term, estimate, std_error, statistic, p_value, conf_low,
        conf_high` (delta method, normal), `monte_carlo_low, monte_carlo_high`, and the same of the
        effect between variables of variance one with `standardised` before each name.

    Raises
    ------
    Refusal
        If an effect names a variable or a regression that the model does not have.
    """
    raw = _Drawn(derived, derived.paths, confidence, seed, draws)
    unit = _Drawn(derived, derived.standardised_paths, confidence, seed, draws)
    for effect in effects.values():
        check_effect(effect, derived)
    rows = []
    ends = zip(
        raw.quantiles(list(effects.values())), unit.quantiles(list(effects.values())), strict=True
    )
    for (name, effect), (plain, alike) in zip(effects.items(), ends, strict=True):
        told = {"effect": name, "kind": effect.kind, "term": effect.term}
        own = unit.row(effect, alike)
        rows.append(told | raw.row(effect, plain) | {_standardised(key): own[key] for key in own})
    return pd.DataFrame(rows)


def _standardised(key: str) -> str:
    return "standardised" if key == "estimate" else f"standardised_{key}"


def check_effect(effect: PathEffect, derived: Derived) -> None:
    """Refuse an effect of what the model does not have.

    Raises
    ------
    Refusal
        Naming the variable or the regression.
    """
    for name in (*effect.along, *effect.less):
        if name not in derived.names:
            raise Refusal("effect_of_nothing", name=name, term=effect.term)
    paths = derived.paths(derived.theta)
    for cause, outcome in effect.steps:
        if paths[derived.names.index(outcome), derived.names.index(cause)] == 0:
            raise Refusal("effect_without_path", one=cause, other=outcome, term=effect.term)


@dataclass(frozen=True)
class _Drawn:
    derived: Derived
    paths: Callable[[np.ndarray], np.ndarray]
    confidence: float
    seed: int
    draws: int

    def row(self, effect: PathEffect, ends: tuple[float, float]) -> dict[str, float]:
        derived, names = self.derived, self.derived.names
        theta = derived.theta
        value = float(effect.of(names, self.paths(theta)))
        error = derived.error(lambda theta: effect.of(names, self.paths(theta)))
        statistic = value / error if error > 0 else np.nan
        margin = stats.norm.ppf((1 + self.confidence) / 2) * error
        low, high = ends
        return {
            "estimate": value,
            "std_error": error,
            "statistic": statistic,
            "p_value": float(2 * stats.norm.sf(abs(statistic))),
            "conf_low": value - margin,
            "conf_high": value + margin,
            "monte_carlo_low": low,
            "monte_carlo_high": high,
        }

    def quantiles(self, effects: Sequence[PathEffect]) -> list[tuple[float, float]]:
        """Take the ends of every effect's Monte-Carlo interval, all from the same draws."""
        if not self.draws or not effects:
            return [(np.nan, np.nan)] * len(effects)
        values, vectors = np.linalg.eigh(self.derived.covariance)
        half = vectors * np.sqrt(np.maximum(values, 0))
        rng = generator(self.seed, "effects")
        found = []
        with np.errstate(all="ignore"):
            for start in range(0, self.draws, BLOCK):
                count = min(BLOCK, self.draws - start)
                paths = self.paths(
                    self.derived.theta + rng.standard_normal((count, len(half))) @ half.T
                )
                found.append([effect.of(self.derived.names, paths) for effect in effects])
        return [self._ends(values) for values in np.concatenate(found, axis=1)]

    def _ends(self, values: np.ndarray) -> tuple[float, float]:
        known = values[np.isfinite(values)]
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(known, [tail, 1 - tail])
        return float(low), float(high)
