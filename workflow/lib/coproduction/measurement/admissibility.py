"""What is wrong with a measurement model, its answers or its solution, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coproduction.errors import StudyError
from coproduction.measurement.descent import Optimum
from coproduction.measurement.estimates import Estimates
from coproduction.measurement.factor_model import FactorModel
from coproduction.measurement.implied import Structure, structures
from coproduction.measurement.incomplete_normal import Sample
from coproduction.measurement.polychoric import Polychoric
from coproduction.measurement.standardised import completed

SINGULAR = 1e-11  # eigenvalue of a scaled information matrix that rounding cannot tell from zero
WEAK = 1e-7  # eigenvalue below which estimates hang on a few answers
FEW_CLUSTERS = 20
PERFECT = 1 - 1e-6  # correlation from which two items count as one


def check_ordinal(statistics: Sequence[Polychoric], groups: Sequence[str]) -> None:
    """Refuse groups with different categories and pairs of items that are one.

    Raises
    ------
    StudyError
        Naming items, group and category.
    """
    for each, group in zip(statistics, groups, strict=True):
        _refuse_few(each.n, each.items, group)
        _refuse_twins(each.correlations, each.items, group)
        for item, here, there in zip(
            each.items, each.categories, statistics[0].categories, strict=True
        ):
            apart = sorted({*here.tolist()} ^ {*there.tolist()})
            if apart:
                raise StudyError(
                    f"Nobody in one of the groups `{groups[0]}` and `{group}` answered "
                    f"{apart[0]:g} to `{item}`; join that category with its neighbour in every "
                    "group."
                )
    for each, group in zip(statistics, groups, strict=True):
        variances = np.diag(each.covariance)
        if not (variances > 0).all():
            raise StudyError(
                f"The sampling variance of a correlation of `{_unknown(each)}`{_of(group)} cannot "
                "be computed; join its rare categories or leave it out."
            )


def _unknown(statistics: Polychoric) -> str:
    """Name the item whose correlations most often lack a sampling variance."""
    first, second = np.triu_indices(len(statistics.items), 1)
    bad = ~(np.diag(statistics.covariance)[-len(first) :] > 0)
    counts = np.bincount(np.append(first[bad], second[bad]), minlength=len(statistics.items))
    return statistics.items[int(counts.argmax())]


def check_continuous(model: FactorModel, samples: Sequence[Sample]) -> None:
    """Refuse items that do not vary, too few cases and items that say the same.

    Raises
    ------
    StudyError
        Naming items and group.
    """
    names = model.observed
    for sample, group in zip(samples, model.groups, strict=True):
        with np.errstate(invalid="ignore"):
            spread = np.array(
                [np.ptp(c[~np.isnan(c)]) if (~np.isnan(c)).any() else 0 for c in sample.data.T]
            )
        for name, width, column in zip(names, spread, sample.data.T, strict=True):
            if np.isnan(column).all():
                raise StudyError(f"Nobody{_of(group)} answered `{name}`; leave it out.")
            if width == 0:
                raise StudyError(
                    f"Everyone who answered `{name}`{_of(group)} gave the same answer; an item "
                    "that does not vary has no loadings, leave it out."
                )
        _refuse_few(sample.n, names, group)
        _refuse_apart(sample, names, group)
        if sample.complete:
            _refuse_dependent(sample.stacks[0].covariances[0], names, group)


def _refuse_few(n: int, names: Sequence[str], group: str) -> None:
    if n <= len(names):
        raise StudyError(
            f"{n} respondents{_of(group)} are too few for {len(names)} items; a factor model needs "
            "more respondents than items."
        )


def _refuse_apart(sample: Sample, names: Sequence[str], group: str) -> None:
    """Refuse pairs of items that nobody answered together: their covariance is unknown."""
    if sample.complete:
        return
    answered = (~np.isnan(sample.data)).astype(float)
    apart = np.argwhere(np.triu(answered.T @ answered == 0))
    if len(apart):
        first, second = (names[i] for i in apart[0])
        raise StudyError(
            f"Nobody{_of(group)} answered both `{first}` and `{second}`, so that their covariance "
            "is unknown; leave one of the two out."
        )


def _refuse_dependent(covariance: np.ndarray, names: Sequence[str], group: str) -> None:
    sd = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(sd, sd)
    _refuse_twins(correlations, names, group)
    values, vectors = np.linalg.eigh(correlations)
    if values[0] < 1e-12:
        involved = [names[i] for i in np.flatnonzero(np.abs(vectors[:, 0]) > 0.1)]
        raise StudyError(
            f"The covariance matrix{_of(group)} is singular: the answers to "
            f"{_listed(involved)} determine one another; leave one of these items out."
        )


def _refuse_twins(correlations: np.ndarray, names: Sequence[str], group: str) -> None:
    same = np.argwhere(np.triu(np.abs(correlations), 1) > min(PERFECT, 0.9999 - 1e-9))
    if len(same):
        first, second = (names[i] for i in same[0])
        raise StudyError(
            f"The answers to `{first}` and `{second}`{_of(group)} determine each other "
            "(correlation ±1); leave one of the two items out."
        )


def check_identified(model: FactorModel, information: np.ndarray, moments: int) -> None:
    """Refuse a model whose parameters the moments cannot tell apart.

    Parameters
    ----------
    model
        The model.
    information
        q × q information matrix at a generic point: it is singular if the model is not identified.
    moments
        Number of sample moments.

    Raises
    ------
    StudyError
        Naming parameters among which the answers cannot distinguish.
    """
    if model.n_free > moments:
        raise StudyError(
            f"The measurement model estimates {model.n_free} parameters from {moments} variances, "
            "covariances and thresholds; fix some or leave factors out."
        )
    if not model.n_free:
        raise StudyError("The measurement model has nothing to estimate: every value is fixed.")
    smallest, terms = _weakest(model, information)
    if smallest < SINGULAR:
        raise StudyError(
            f"The measurement model is not identified: no answers could tell apart "
            f"{_listed(terms)}. A factor needs three items of its own, or two and a correlation "
            "with another factor; a second-order factor needs three factors."
        )


def _weakest(model: FactorModel, information: np.ndarray) -> tuple[float, list[str]]:
    """Smallest eigenvalue of the scaled information and the terms that weigh most in it."""
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    if not np.isfinite(information).all():
        return 0.0, [model.parameters[int(np.argmax(model.free == 0))].term]
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    order = np.argsort(-np.abs(vectors[:, 0]), kind="stable")
    weights = np.abs(vectors[order, 0])
    chosen = order[: max(2, min(4, int((weights > 0.3 * weights[0]).sum())))]
    free = model.free
    return float(values[0]), [model.parameters[int(np.argmax(free == k))].term for k in chosen]


def check_converged(model: FactorModel, optimum: Optimum) -> None:
    """Refuse the end of a search that is no optimum.

    Raises
    ------
    StudyError
        Naming the factors and the parameter farthest out.
    """
    if optimum.converged and np.isfinite(optimum.theta).all():
        return
    place = int(np.argmax(np.nan_to_num(np.abs(optimum.theta), nan=np.inf)))
    far = model.parameters[int(np.argmax(model.free == place))]
    raise StudyError(
        f"The search for the estimates of {_listed(model.specification.latent)} found no optimum; "
        f"`{far.term}`{_of(model.groups[far.group])} ran away to {optimum.theta[place]:.3g}. "
        "The factors may share too little with their items, or two of them be one: leave weak "
        "items out or merge factors."
    )


def correlation_warnings(statistics: Sequence[Polychoric], groups: Sequence[str]) -> list[str]:
    """Tell which polychoric correlations contradict one another."""
    found = []
    for each, group in zip(statistics, groups, strict=True):
        values, vectors = np.linalg.eigh(each.correlations)
        if values[0] < 0:
            involved = np.argsort(-np.abs(vectors[:, 0]), kind="stable")[:4]
            found.append(
                f"The polychoric correlations{_of(group)} contradict one another (their matrix is "
                f"not positive definite), most of all those of "
                f"{_listed([each.items[i] for i in sorted(involved)])}; some rest on few answers, "
                "or items say the same."
            )
    return found


def cluster_warnings(counts: Sequence[int]) -> list[str]:
    """Tell that standard errors are too small where some group has few clusters."""
    fewest = min(counts, default=FEW_CLUSTERS)
    if fewest >= FEW_CLUSTERS:
        return []
    return [
        f"Standard errors and test rest on {fewest} clusters only and are too small; fewer than "
        f"{FEW_CLUSTERS} carry little."
    ]


def solution_warnings(estimates: Estimates) -> tuple[str, ...]:
    """Tell what makes a solution inadmissible or weak: Heywood cases, factors that are one."""
    model, found = estimates.model, []
    for group, part in zip(model.groups, structures(model, estimates.theta), strict=True):
        found += _variances(model, completed(model, part), group)
        found += _correlations(model, part, group)
    smallest, terms = _weakest(model, estimates.information)
    if smallest < WEAK:
        found.append(
            f"The answers hardly tell apart {_listed(terms)}; their standard errors say little."
        )
    return tuple(found)


def _variances(model: FactorModel, part: Structure, group: str) -> list[str]:
    found, observed = [], len(model.observed)
    for place, (name, variance) in enumerate(
        zip(model.variables, part.covariances.diagonal(), strict=True)
    ):
        if variance >= 0:
            continue
        what = "The residual variance of item" if place < observed else "The variance of factor"
        owners = [f for f, items in model.specification.factors.items() if name in items]
        behind = f" of factor {_listed(owners)}" if owners else ""
        found.append(
            f"{what} `{name}`{behind}{_of(group)} is negative ({variance:.3f}), a Heywood case: "
            "the model explains more than all of it. Check for two items that say the same, a "
            "factor with too few items, or too small a sample."
        )
    return found


def _correlations(model: FactorModel, part: Structure, group: str) -> list[str]:
    start, names = len(model.observed), model.specification.latent
    spread = part.spread[start:, start:]
    if not len(names) or (spread.diagonal() <= 0).any():
        return []
    sd = np.sqrt(spread.diagonal())
    correlations = spread / np.outer(sd, sd)
    beyond = np.argwhere(np.triu(np.abs(correlations), 1) >= 1)
    if len(beyond):
        return [
            f"The factors `{names[i]}` and `{names[j]}`{_of(group)} correlate "
            f"{correlations[i, j]:.3f}: the answers do not tell them apart, merge them."
            for i, j in beyond
        ]
    values, vectors = np.linalg.eigh(correlations)
    if values[0] < -1e-10:
        involved = [names[i] for i in np.flatnonzero(np.abs(vectors[:, 0]) > 0.2)]
        return [
            f"The correlations of the factors {_listed(involved)}{_of(group)} contradict one "
            "another (their matrix is not positive definite); merge factors or leave one out."
        ]
    return []


def _of(group: str) -> str:
    return f" in group `{group}`" if group else ""


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
