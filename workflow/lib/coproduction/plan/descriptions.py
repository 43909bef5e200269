"""The block `descriptions`: what is described, and by which groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coproduction.plan.options import Level
from coproduction.plan.vocabulary.conditions import expression
from coproduction.plan.vocabulary.names import Names, as_number, variable
from coproduction.yamlfiles.problems import Path, Problem


@dataclass(frozen=True, kw_only=True)
class Description:
    """Means of groups of respondents, or communities as points.

    Attributes
    ----------
    id, label
        Its name, and what it shows by language.
    level
        `communities` to draw every community as a point.
    outcome
        Variable, or summary of the community, that is described.
    by
        Variable that makes the groups, or number of the community on the horizontal axis.
    subset
        Condition that selects respondents.
    cluster
        Cluster of the standard errors of means.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    level: Level | None = None
    outcome: str
    by: str
    subset: str | None = None
    cluster: str | None = None


def problems(
    planned: Sequence[Description], names: Names, *, communities: bool
) -> Iterator[Problem]:
    """Find what is wrong with the planned descriptions.

    Parameters
    ----------
    planned, names
        The block, and what a plan can name.
    communities
        Whether the plan has a block of communities.
    """
    for position, each in enumerate(planned):
        path = ("descriptions", position)
        if each.level and not communities:
            yield (*path, "level"), "needs a block `communities` in the plan."
        yield from _variables(path, each, names)
        if each.level:
            needless = {"subset": each.subset, "cluster": each.cluster}
            for key in (key for key, value in needless.items() if value is not None):
                yield (*path, key), "every community is drawn; leave it out."
        elif each.subset is not None:
            yield from expression((*path, "subset"), each.subset, names, condition=True)


def _variables(path: Path, each: Description, names: Names) -> Iterator[Problem]:
    yield from variable((*path, "outcome"), each.outcome, names, each.level, ["number"])
    yield from as_number((*path, "outcome"), each.outcome, names)
    kinds = ["number"] if each.level else ["number", "text"]
    yield from variable((*path, "by"), each.by, names, each.level, kinds)
    if each.level:
        yield from as_number((*path, "by"), each.by, names)
    if each.cluster is not None:
        yield from variable((*path, "cluster"), each.cluster, names, each.level)
