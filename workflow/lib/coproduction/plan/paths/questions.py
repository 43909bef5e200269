"""The blocks `path_hypotheses` and `composites`: hypotheses on paths, and on several hypotheses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coproduction.plan.hypotheses.hypotheses import FamilyOfTests
from coproduction.plan.options import Comparison, Direction, Status
from coproduction.plan.paths.paths import PathEstimand, PathModel, estimand
from coproduction.plan.vocabulary.names import one_of
from coproduction.yamlfiles.problems import Problem


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
        Path model that tests it.
    estimand
        The quantity that decides it.
    direction, comparison, smallest_effect, status, unit
        As of a hypothesis on a model.
    """

    id: str
    statement: Mapping[str, str] = field(default_factory=dict)
    family: str
    path: str
    estimand: PathEstimand
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
        """The path model, as the table of verdicts calls it."""
        return self.path


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
    others: Sequence[str],
) -> Iterator[Problem]:
    """Find what is wrong with hypotheses on paths and composite ones.

    Parameters
    ----------
    planned, composites
        The blocks.
    families, models
        Families of tests and path models.
    others
        Names of the hypotheses on models.
    """
    known = {each.id: each for each in models}
    seen = list(others)
    for position, each in enumerate(planned):
        path = ("path_hypotheses", position)
        if each.id in seen:
            yield path, f"the hypothesis `{each.id}` stands twice."
        yield from one_of((*path, "family"), each.family, [f.id for f in families], "family")
        yield from one_of((*path, "path"), each.path, list(known), "path model")
        if each.path in known:
            yield from estimand((*path, "estimand"), each.estimand, known[each.path])
        seen.append(each.id)
    for position, composite in enumerate(composites):
        path = ("composites", position)
        if composite.id in seen:
            yield path, f"the hypothesis `{composite.id}` stands twice."
        for place, name in enumerate(composite.of):
            yield from one_of((*path, "of", place), name, seen, "hypothesis")
        if not 1 <= composite.at_least <= len(set(composite.of)):
            yield (*path, "at_least"), f"lies between 1 and {len(set(composite.of))}."
