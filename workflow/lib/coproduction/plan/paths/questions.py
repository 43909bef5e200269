"""The blocks `path_hypotheses` and `composites`: hypotheses on paths, and on several hypotheses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coproduction.plan.hypotheses.hypotheses import FamilyOfTests
from coproduction.plan.options import Comparison, Direction, Status
from coproduction.plan.paths.mediations import Mediation
from coproduction.plan.paths.paths import PathEstimand, PathModel, estimand
from coproduction.plan.vocabulary.names import one_of
from coproduction.yamlfiles.problems import Path, Problem


@dataclass(frozen=True, kw_only=True)
class PathHypothesis:
    """A hypothesis on an effect of a path model; it is judged as every other one.

    Attributes
    ----------
    id, statement
        Its name, and the hypothesis in one sentence by language.
    family
        Family of tests it is corrected in.
    path
        Path model that tests it; None where a mediation does.
    mediation
        Mediation that tests it, or, beside a path model, the one that tells how strong an
        unmeasured common cause would have to be.
    estimand
        The quantity that decides it.
    fragile_below
        Size of the correlation of residuals that would explain the indirect effect away, below
        which a supported hypothesis is called fragile; None if there is no such rule.
    direction, comparison, smallest_effect, status, unit
        As of a hypothesis on a model.
    """

    id: str
    statement: Mapping[str, str] = field(default_factory=dict)
    family: str
    path: str | None = None
    mediation: str | None = None
    estimand: PathEstimand
    fragile_below: float | None = None
    direction: Direction
    comparison: Comparison
    smallest_effect: float
    status: Status
    unit: Mapping[str, str] = field(default_factory=dict)

    @property
    def rival_of(self) -> None:
        """It shares its test with no other one."""

    @property
    def minimum_cell(self) -> int:
        """There is no rule on the size of cells."""
        return 0

    @property
    def model(self) -> str:
        """The path model or mediation, as the table of verdicts calls it."""
        return self.path or self.mediation or ""


@dataclass(frozen=True, kw_only=True)
class Composite:
    """A hypothesis that so many of several others hold.

    Attributes
    ----------
    id, statement
        Its name, and the hypothesis in one sentence by language.
    at_least
        How many must be supported.
    of
        Names of hypotheses.
    level
        Level of the test that so many are true.
    """

    id: str
    statement: Mapping[str, str] = field(default_factory=dict)
    at_least: int
    of: tuple[str, ...]
    level: float


def problems(
    planned: Sequence[PathHypothesis],
    composites: Sequence[Composite],
    families: Sequence[FamilyOfTests],
    models: Sequence[PathModel],
    mediations: Sequence[Mediation],
    others: Sequence[str],
) -> Iterator[Problem]:
    """Find what is wrong with hypotheses on paths and composite ones.

    Parameters
    ----------
    planned, composites
        The blocks.
    families, models, mediations
        Families of tests, path models and mediations.
    others
        Names of the hypotheses on models.
    """
    known = {each.id: each for each in models}
    mediated = {each.id: each for each in mediations}
    seen = list(others)
    for position, each in enumerate(planned):
        path = ("path_hypotheses", position)
        if each.id in seen:
            yield path, f"the hypothesis `{each.id}` stands twice."
        yield from one_of((*path, "family"), each.family, [f.id for f in families], "family")
        if each.path is not None:
            yield from one_of((*path, "path"), each.path, list(known), "path model")
            if each.path in known:
                yield from estimand((*path, "estimand"), each.estimand, known[each.path])
        yield from _mediation(path, each, mediated)
        seen.append(each.id)
    for position, composite in enumerate(composites):
        path = ("composites", position)
        if composite.id in seen:
            yield path, f"the hypothesis `{composite.id}` stands twice."
        for place, name in enumerate(composite.of):
            yield from one_of((*path, "of", place), name, seen, "hypothesis")
        if not 1 <= composite.at_least <= len(set(composite.of)):
            yield (*path, "at_least"), f"lies between 1 and {len(set(composite.of))}."


def _mediation(
    path: Path, each: PathHypothesis, known: Mapping[str, Mediation]
) -> Iterator[Problem]:
    """Check what is asked of a mediation, or of the one beside a path model."""
    if each.mediation is None:
        if each.path is None:
            yield path, "needs a `path` or a `mediation` that tests it."
        if each.fragile_below is not None:
            yield (*path, "fragile_below"), "needs the `mediation` that it is told of."
        return
    yield from one_of((*path, "mediation"), each.mediation, list(known), "mediation")
    if each.mediation not in known:
        return
    own, asked = known[each.mediation], each.estimand
    if each.path is None and (asked.kind, asked.along) not in own.asked:
        possible = "; ".join(f"{kind} along {', '.join(along)}" for kind, along in own.asked)
        told = (
            f"`{own.id}` gives no {asked.kind} along {', '.join(asked.along)}; it gives {possible}"
        )
        yield (*path, "estimand"), f"{told}."
    if each.path is not None and asked.along != own.along(*own.through):
        along = ", ".join(own.along(*own.through))
        yield (*path, "mediation"), f"`{own.id}` is about another path: {along}."
    if each.path is not None and each.fragile_below is None:
        yield (*path, "mediation"), "stands beside a `path` only for `fragile_below`; add that."
    if each.fragile_below is not None and own.without_rho:
        told = "needs one mediator of the family gaussian and an outcome of gaussian or probit"
        yield (*path, "fragile_below"), f"{told}, which `{own.id}` has not."
