"""The block `descriptions`: what is described, and by which groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coproduction.plan.data.missing import NEEDS_BLOCK, MissingAnswers
from coproduction.plan.options import COMPLETE, IMPUTED, Level, Missing
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
    missing
        Whether it rests on complete cases; None leaves it to what is imputed.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    level: Level | None = None
    outcome: str
    by: str
    subset: str | None = None
    cluster: str | None = None
    missing: Missing | None = None


def problems(
    planned: Sequence[Description],
    names: Names,
    missing: MissingAnswers | None,
    *,
    communities: bool,
) -> Iterator[Problem]:
    """Find what is wrong with the planned descriptions.

    Parameters
    ----------
    planned, names
        The block, and what a plan can name.
    missing
        The plan's block of missing answers, if it has one.
    communities
        Whether the plan has a block of communities.
    """
    for position, each in enumerate(planned):
        path = ("descriptions", position)
        if each.level and not communities:
            yield (*path, "level"), "needs a block `communities` in the plan."
        yield from _missing(path, each, missing)
        yield from _variables(path, each, names)
        if each.level:
            needless = {"subset": each.subset, "cluster": each.cluster, "missing": each.missing}
            for key in (key for key, value in needless.items() if value is not None):
                yield (*path, key), "every community is drawn; leave it out."
        elif each.subset is not None:
            yield from expression((*path, "subset"), each.subset, names, condition=True)


def _missing(path: Path, each: Description, missing: MissingAnswers | None) -> Iterator[Problem]:
    """Ask for the block that imputing needs, and refuse means of codes that are no numbers."""
    if missing is None:
        if each.missing == IMPUTED:
            yield (*path, "missing"), NEEDS_BLOCK
    elif missing.item(each.outcome).own_answers and each.missing != COMPLETE:
        yield (
            (*path, "outcome"),
            f"kinds of missing answer count as answers of `{each.outcome}`, and their codes have "
            "no mean; set `missing: complete`.",
        )


def _variables(path: Path, each: Description, names: Names) -> Iterator[Problem]:
    yield from variable((*path, "outcome"), each.outcome, names, each.level, ["number"])
    yield from as_number((*path, "outcome"), each.outcome, names)
    kinds = ["number"] if each.level else ["number", "text"]
    yield from variable((*path, "by"), each.by, names, each.level, kinds)
    if each.level:
        yield from as_number((*path, "by"), each.by, names)
    if each.cluster is not None:
        yield from variable((*path, "cluster"), each.cluster, names, each.level)
