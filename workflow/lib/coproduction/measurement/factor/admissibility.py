"""What is wrong with a measurement model, its answers or its solution, as notes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coproduction.codes import code_text
from coproduction.errors import Refusal
from coproduction.measurement.factor.descent import Optimum
from coproduction.measurement.factor.estimates import Estimates
from coproduction.measurement.factor.implied import Structure, structures
from coproduction.measurement.factor.incomplete_normal import Sample
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.factor.standardised import completed, standardised
from coproduction.measurement.ordinal.polychoric import Polychoric
from coproduction.notes import Note

SINGULAR = 1e-11  # eigenvalue of a scaled information matrix that rounding cannot tell from zero
WEAK = 1e-7  # eigenvalue below which estimates hang on a few answers
FEW_CLUSTERS = 20
PERFECT = 1 - 1e-6  # correlation from which two items count as one
FAR = 10  # standardised value beyond which a parameter has run away


def check_ordinal(statistics: Sequence[Polychoric], groups: Sequence[str]) -> None:
    """Refuse groups with different categories and pairs of items that are one.

    Raises
    ------
    Refusal
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
                raise Refusal(
                    "category_of_one_group",
                    one=groups[0],
                    other=group,
                    answer=code_text(apart[0]),
                    name=item,
                )
    for each, group in zip(statistics, groups, strict=True):
        variances = np.diag(each.gamma)
        if not (variances > 0).all():
            raise Refusal("variance_unknown", name=_unknown(each), where=place(group))


def _unknown(statistics: Polychoric) -> str:
    """Name the item whose correlations most often lack a sampling variance."""
    first, second = np.triu_indices(len(statistics.items), 1)
    bad = ~(np.diag(statistics.gamma)[-len(first) :] > 0)
    counts = np.bincount(np.append(first[bad], second[bad]), minlength=len(statistics.items))
    return statistics.items[int(counts.argmax())]


def check_continuous(model: FactorModel, samples: Sequence[Sample]) -> None:
    """Refuse items that do not vary, too few cases and items that say the same.

    Raises
    ------
    Refusal
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
                raise Refusal("item_unanswered", name=name, where=place(group))
            if width == 0:
                raise Refusal("items_constant", names=[name], where=place(group))
        _refuse_few(sample.n, names, group)
        _refuse_apart(sample, names, group)
        if sample.complete:
            _refuse_dependent(sample.stacks[0].covariances[0], names, group)


def _refuse_few(n: int, names: Sequence[str], group: str) -> None:
    if n <= len(names):
        raise Refusal("too_few_respondents", n=n, k=len(names), where=place(group))


def _refuse_apart(sample: Sample, names: Sequence[str], group: str) -> None:
    """Refuse pairs of items that nobody answered together: their covariance is unknown."""
    if sample.complete:
        return
    answered = (~np.isnan(sample.data)).astype(float)
    apart = np.argwhere(np.triu(answered.T @ answered == 0))
    if len(apart):
        first, second = (names[i] for i in apart[0])
        raise Refusal("answered_apart", one=first, other=second, where=place(group))


def _refuse_dependent(covariance: np.ndarray, names: Sequence[str], group: str) -> None:
    sd = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(sd, sd)
    _refuse_twins(correlations, names, group)
    values, vectors = np.linalg.eigh(correlations)
    if values[0] < 1e-12:
        involved = [names[i] for i in np.flatnonzero(np.abs(vectors[:, 0]) > 0.1).tolist()]
        raise Refusal("covariances_singular", names=involved, where=place(group))


def _refuse_twins(correlations: np.ndarray, names: Sequence[str], group: str) -> None:
    same = np.argwhere(np.triu(np.abs(correlations), 1) > min(PERFECT, 0.9999 - 1e-9))
    if len(same):
        first, second = (names[i] for i in same[0])
        raise Refusal("items_identical", one=first, other=second, where=place(group))


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
    Refusal
        Naming parameters among which the answers cannot distinguish.
    """
    if model.n_free > moments:
        raise Refusal("too_many_parameters", n=model.n_free, k=moments)
    if not model.n_free:
        raise Refusal("nothing_to_estimate")
    smallest, terms = _weakest(model, information)
    if smallest < SINGULAR:
        raise Refusal("not_identified", names=terms)


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
    Refusal
        Naming the factors and, where one ran away, the parameter farthest out.
    """
    if optimum.converged and np.isfinite(optimum.theta).all():
        return
    names = list(model.specification.latent or model.specification.regressions)
    sizes = np.nan_to_num(np.abs(standardised(model, optimum.theta)), posinf=0)
    sizes[[parameter.kind not in ("loading", "residual") for parameter in model.parameters]] = 0
    farthest = int(np.argmax(sizes))
    if sizes[farthest] < FAR:
        raise Refusal("no_optimum", names=names)
    far = model.parameters[farthest]
    value = float(standardised(model, optimum.theta)[farthest])
    where = place(model.groups[far.group])
    raise Refusal("no_optimum_ran_away", names=names, term=far.term, value=value, where=where)


def correlation_warnings(statistics: Sequence[Polychoric], groups: Sequence[str]) -> list[Note]:
    """Tell which polychoric correlations contradict one another."""
    found = []
    for each, group in zip(statistics, groups, strict=True):
        values, vectors = np.linalg.eigh(each.correlations)
        if values[0] < 0:
            involved = np.argsort(-np.abs(vectors[:, 0]), kind="stable")[:4]
            names = [each.items[i] for i in sorted(involved)]
            found.append(Note("polychorics_contradict", {"names": names, "where": place(group)}))
    return found


def cluster_warnings(counts: Sequence[int]) -> list[Note]:
    """Tell that standard errors are too small where some group has few clusters."""
    fewest = min(counts, default=FEW_CLUSTERS)
    if fewest >= FEW_CLUSTERS:
        return []
    values = {"n": int(fewest), "least": FEW_CLUSTERS}
    if len(counts) > 1:
        return [Note("few_clusters_in_group", values)]
    return [Note("few_clusters_for_test", values)]


def solution_warnings(estimates: Estimates) -> tuple[Note, ...]:
    """Tell what makes a solution inadmissible or weak: Heywood cases, factors that are one."""
    model, found = estimates.model, []
    for group, part in zip(model.groups, structures(model, estimates.theta), strict=True):
        found += _variances(model, completed(model, part), group)
        found += _correlations(model, part, group)
    smallest, terms = _weakest(model, estimates.information)
    if smallest < WEAK:
        found.append(Note("hardly_told_apart", {"names": terms}))
    if estimates.corrected and estimates.test.df and np.isnan(estimates.test.scaled.chisq):
        found.append(Note("no_scaled_test"))
    return tuple(found)


def _variances(model: FactorModel, part: Structure, group: str) -> list[Note]:
    found, observed = [], len(model.observed)
    for number, (name, variance) in enumerate(
        zip(model.variables, part.covariances.diagonal(), strict=True)
    ):
        if variance >= 0:
            continue
        values = {"name": name, "value": float(variance), "where": place(group)}
        owners = [f for f, items in model.specification.factors.items() if name in items]
        if number >= observed:
            found.append(Note("heywood_factor", values))
        elif owners:
            found.append(Note("heywood_item_of_factor", values | {"factors": owners}))
        else:
            found.append(Note("heywood_item", values))
    return found


def _correlations(model: FactorModel, part: Structure, group: str) -> list[Note]:
    start, names = len(model.observed), model.specification.latent
    spread = part.spread[start:, start:]
    if not len(names) or (spread.diagonal() <= 0).any():
        return []
    sd = np.sqrt(spread.diagonal())
    correlations = spread / np.outer(sd, sd)
    # A factor that goes beyond its own second-order factor is told as a negative variance.
    owned = {(f, owner) for owner, below in model.specification.second_order.items() for f in below}
    beyond = [
        (i, j)
        for i, j in np.argwhere(np.triu(np.abs(correlations), 1) >= 1)
        if not {(names[i], names[j]), (names[j], names[i])} & owned
    ]
    if beyond:
        return [
            Note(
                "factors_beyond_one",
                {"one": names[i], "other": names[j], "where": place(group)}
                | {"value": float(correlations[i, j])},
            )
            for i, j in beyond
        ]
    values, vectors = np.linalg.eigh(correlations)
    if values[0] < -1e-10:
        involved = [names[i] for i in np.flatnonzero(np.abs(vectors[:, 0]) > 0.2)]
        return [Note("factors_contradict", {"names": involved, "where": place(group)})]
    return []


def place(group: str) -> Note | str:
    """Say in which group something is; nothing where there is only one."""
    return Note("in_group", {"group": group}) if group else ""
