"""Whether a scale means the same in several groups: the ladder of invariance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from coproduction.errors import Refusal, StudyError
from coproduction.measurement.factor.admissibility import check_ordinal
from coproduction.measurement.factor.confirmatory import FactorFit, fit_continuous, fit_ordinal
from coproduction.measurement.factor.incomplete_normal import sample
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.factor.specification import Specification, specification
from coproduction.measurement.fit.difference import difference_test
from coproduction.measurement.fit.measures import Test
from coproduction.measurement.fit.score import score_tests
from coproduction.measurement.invariance.models import CONTINUOUS, ORDINAL, Held, invariance_model
from coproduction.measurement.invariance.steps import SUFFIX, Invariance, Release, Rule, Step
from coproduction.measurement.ordinal.polychoric import polychoric
from coproduction.measurement.ordinal.sparse_categories import join_sparse_categories
from coproduction.notes import Note
from coproduction.options import check_option
from coproduction.plan.options import Estimator
from coproduction.rows import Rows, rows_across

HELD_ITEMS = 2


def invariance(
    items: pd.DataFrame,
    model: Mapping[str, Any] | Specification,
    groups: pd.Series,
    estimator: Estimator,
    rule: Rule,
    rows: Rows | None = None,
) -> Invariance:
    """Hold more and more parameters equal across groups until a step does not hold.

    Parameters
    ----------
    items
        Respondents × items, NaN where missing: WLSMV uses them pairwise, FIML every answer, ML and
        MLR complete rows.
    model
        First-order factors, each item behind one of them.
    groups
        Group of each respondent; rows without one are left out. The first in order is the
        reference.
    estimator
        `WLSMV` for ordinal items; for continuous ones `ML`, `MLR` or `FIML`, which is MLR with
        missing answers.
    rule
        When a step holds; CFI and RMSEA are the scaled ones for WLSMV and FIML, the robust ones for
        MLR.
    rows
        What the respondents stand for; each for itself where it is not told. Tests and standard
        errors hold under any dependence within their clusters, also of respondents in different
        groups. ML takes no notice of it; nor does anything where every group is one cluster, whose
        respondents are independent given the group.

    Notes
    -----
    With clusters the sampling covariance of the stacked statistics or scores of all groups is the
    sum over clusters, with blocks between groups that share clusters (`numerics.clusters`).
    Estimates, weights and χ² stay as they are; what scales χ² and differences of χ², and ranks
    releases, changes.

    Where a step does not hold, the parameter with the largest score test among those it holds is
    set free in every group, and so on until the step holds (partial invariance; Byrne, Shavelson
    and Muthén 1989, *Psychological Bulletin* 105, 456–466). Two items of every factor stay held
    (Steenkamp and Baumgartner 1998, *Journal of Consumer Research* 25, 78–90); if that is not
    enough the ladder ends. Later steps keep the releases.

    Raises
    ------
    StudyError
        Where an item is behind two factors, there are fewer than two groups, a cluster is unknown,
        some groups lie within one cluster, or the model of equal structure cannot be fitted.
    """
    spec = model if isinstance(model, Specification) else specification(model)
    check_option("estimator", estimator, Estimator)
    _check(spec, groups)
    known = groups.notna()
    chosen = items.loc[known, list(spec.items)]
    notes: tuple[Note, ...] = ()
    if estimator == "WLSMV":
        chosen, notes = join_sparse_categories(chosen.dropna(how="all"), groups[known])
    else:
        chosen = chosen.dropna(how="all" if estimator == "FIML" else "any")
    by_group = list(chosen.groupby(groups[chosen.index], sort=True))
    names, parts = tuple(str(name) for name, _ in by_group), [part for _, part in by_group]
    joined = rows_across(_told(rows, estimator), parts, names, "cluster")
    inside = joined.split([len(part) for part in parts])
    pairs = list(zip(parts, inside, strict=True))
    steps, releases, failure = _climb(_ladder(spec, names, pairs, estimator), rule)
    doubts = {str(note): note for step in steps for note in step.fit.warnings}.values()
    n, count = steps[0].fit.estimates.n, steps[0].fit.n_clusters
    return Invariance(names, n, steps, releases, (*notes, *doubts), failure, count)


def _told(rows: Rows | None, estimator: Estimator) -> Rows | None:
    """Give the rows as an estimator takes them: ML passes over their clusters, and they may."""
    return rows.independent if rows is not None and estimator == "ML" else rows


def _check(spec: Specification, groups: pd.Series) -> None:
    if spec.second_order or spec.method or spec.covariates or spec.residual_covariances:
        raise StudyError("Invariance is judged for first-order factors and their items only.")
    behind = [item for below in spec.factors.values() for item in below]
    twice = sorted({item for item in behind if behind.count(item) > 1})
    if twice:
        raise Refusal("item_of_two_factors", name=twice[0])
    if groups.nunique() < 2:
        raise Refusal("too_few_groups")


@dataclass(frozen=True)
class _Ladder:
    """What every step shares: how many thresholds each item has, and how a model is fitted."""

    spec: Specification
    groups: tuple[str, ...]
    estimator: Estimator
    thresholds: tuple[int, ...]
    fitted: Callable[[FactorModel], FactorFit]

    @property
    def steps(self) -> Mapping[str, Held]:
        return ORDINAL if self.estimator == "WLSMV" else CONTINUOUS

    def model(self, held: Held, released: Sequence[str]) -> FactorModel:
        return invariance_model(self.spec, self.groups, held, released, self.thresholds)

    def fit(self, held: Held, released: Sequence[str]) -> FactorFit:
        return self.fitted(self.model(held, released))

    def measures(self, fit: FactorFit) -> dict[str, float]:
        suffix = SUFFIX[self.estimator]
        return {
            "cfi": fit.fit[f"cfi{suffix}"],
            "rmsea": fit.fit[f"rmsea{suffix}"],
            "srmr": fit.fit["srmr"],
        }

    def compared(self, name: str, released: Sequence[str], before: Step, rule: Rule) -> Step:
        fit = self.fit(self.steps[name], released)
        difference = difference_test(fit, before.fit)
        now, then = self.measures(fit), self.measures(before.fit)
        changes = {measure: now[measure] - then[measure] for measure in now}
        here = len(released) > len(before.released)
        if not difference.df:
            decision = "equivalent"
        elif rule.holds(changes, difference):
            decision = "partial" if here else "holds"
        else:
            decision = "released" if here else "rejected"
        return Step(name, tuple(released), fit, difference, changes, decision)


def _ladder(
    spec: Specification,
    names: tuple[str, ...],
    parts: list[tuple[pd.DataFrame, Rows]],
    estimator: Estimator,
) -> _Ladder:
    if estimator == "WLSMV":
        statistics = tuple(polychoric(part, rows=own) for part, own in parts)
        check_ordinal(statistics, names)
        thresholds = tuple(len(each) for each in statistics[0].thresholds)
        return _Ladder(
            spec, names, estimator, thresholds, lambda model: fit_ordinal(model, statistics)
        )
    samples = tuple(sample(part.to_numpy(float), own) for part, own in parts)
    kind: Literal["ML", "MLR"] = "ML" if estimator == "ML" else "MLR"
    return _Ladder(spec, names, estimator, (), lambda model: fit_continuous(model, samples, kind))


def _climb(
    ladder: _Ladder, rule: Rule
) -> tuple[tuple[Step, ...], tuple[Release, ...], tuple[str, Note] | None]:
    first, *others = ladder.steps
    held = Step(first, (), ladder.fit(ladder.steps[first], ()), None, {}, "reference")
    steps, releases = [held], []
    for name in others:
        try:
            for step, freed in _taken(ladder, name, held, rule):
                steps.append(step)
                releases += freed
        except Refusal as error:
            return tuple(steps), tuple(releases), (name, error.note)
        except np.linalg.LinAlgError:
            return tuple(steps), tuple(releases), (name, Note("ladder_singular"))
        held = steps[-1]
        if held.decision in ("rejected", "released"):
            break
    return tuple(steps), tuple(releases), None


def _taken(
    ladder: _Ladder, name: str, before: Step, rule: Rule
) -> Iterator[tuple[Step, list[Release]]]:
    """Take a step: whole, and where it does not hold again with releases."""
    whole = ladder.compared(name, before.released, before, rule)
    yield whole, []
    if whole.decision == "rejected":
        partial, freed = _release(ladder, whole, before, rule)
        if freed:
            yield partial, freed


def _release(ladder: _Ladder, step: Step, before: Step, rule: Rule) -> tuple[Step, list[Release]]:
    """Set parameters of a rejected step free, the worst first."""
    releases: list[Release] = []
    while step.decision != "partial":
        worst = _worst(ladder, step)
        if worst is None:
            break
        term, test = worst
        releases.append(Release(step.name, len(releases) + 1, term, test))
        step = ladder.compared(step.name, (*step.released, term), before, rule)
    return step, releases


def _worst(ladder: _Ladder, step: Step) -> tuple[str, Test] | None:
    """Find the parameter held by a step, and by none before, that it costs most to hold."""
    held = ladder.steps[step.name]
    candidates = [term for term in _terms(step.fit, held[-1]) if _allowed(ladder, step, term)]
    if not candidates:
        return None
    rivals = {term: ladder.model(held, (*step.released, term)) for term in candidates}
    free = ladder.model(held, (*step.released, *candidates))
    tests = score_tests(step.fit, rivals, free)
    if not tests:
        return None
    term = max(tests, key=lambda name: tests[name].chisq)
    return term, tests[term]


def _terms(fit: FactorFit, kind: str) -> list[str]:
    return [p.term for p in fit.model.parameters if p.kind == kind and not p.group]


def _allowed(ladder: _Ladder, step: Step, term: str) -> bool:
    """Whether a release leaves two items of the factor held at this step."""
    if term in step.released:
        return False
    kind = ladder.steps[step.name][-1]
    item_of = {
        p.term: p.rhs if kind == "loading" else p.lhs
        for p in step.fit.model.parameters
        if p.kind == kind
    }
    touched = {item_of[name] for name in (*step.released, term) if name in item_of}
    below = next(items for items in ladder.spec.factors.values() if item_of[term] in items)
    return len(set(below) - touched) >= HELD_ITEMS
