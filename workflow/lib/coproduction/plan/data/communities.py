"""The block `communities`: how their sheets are joined, and what is summarised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coproduction.instrument.definition import Instrument
from coproduction.plan.options import COMMUNITIES, Statistic
from coproduction.plan.vocabulary.names import Name, Names, as_number, one_of, variable
from coproduction.yamlfiles.problems import Path, Problem


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One number per community, made from its respondents.

    Attributes
    ----------
    id, label
        Its name, and what it is by language.
    variable
        Respondents' variable that is summarised.
    statistic
        How.
    by
        Variable that ranks the respondents, for a concentration.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    variable: str
    statistic: Statistic
    by: str | None = None

    @property
    def used(self) -> dict[str, str]:
        """Variables that it is made of, by the key that names each."""
        named = {"variable": self.variable, "by": self.by}
        return {key: name for key, name in named.items() if name is not None}

    @property
    def columns(self) -> set[str]:
        """Columns that it is made of."""
        return set(self.used.values())


@dataclass(frozen=True, kw_only=True)
class Communities:
    """How sheets of communities are joined to respondents.

    Attributes
    ----------
    cluster
        Respondents' item that holds the code of their community.
    key
        Item of the sheet that holds it.
    minimum_respondents
        A community with fewer analysed respondents has no summaries.
    summaries
        Numbers made for each community.
    """

    cluster: str
    key: str
    minimum_respondents: int
    summaries: tuple[Summary, ...] = ()


def summaries(planned: Communities, names: Names) -> dict[str, Name]:
    """Describe the planned summaries of communities."""
    found = {}
    for summary in planned.summaries:
        items = frozenset().union(*(names[n].items for n in summary.columns if n in names))
        found[summary.id] = Name("number", items=items, level=COMMUNITIES)
    return found


def problems(
    planned: Communities, names: Names, main: Instrument, sheets: Sequence[Instrument]
) -> Iterator[Problem]:
    """Find what is wrong with the block."""
    for position, summary in enumerate(planned.summaries):
        yield from _summary(("communities", "summaries", position), summary, names)
    known = [item.id for sheet in sheets for item in sheet.questions]
    yield from one_of(("communities", "cluster"), planned.cluster, list(main.by_id), "item")
    if not sheets:
        yield ("communities", "key"), "the study has no second questionnaire that could be joined."
    else:
        yield from one_of(("communities", "key"), planned.key, known, "item of a sheet")


def _summary(path: Path, summary: Summary, names: Names) -> Iterator[Problem]:
    if (summary.statistic == "concentration") != (summary.by is not None):
        yield path, "a concentration takes `by`, and nothing else does."
    for key, name in summary.used.items():
        yield from variable((*path, key), name, names, kinds=["number"])
        yield from as_number((*path, key), name, names)
