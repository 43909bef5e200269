"""From the YAML of scenarios to what is true in each, and to the verdicts that it asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from coproduction.plan.plan import Plan
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Problem, refuse_all, unknown

MUST, MAY, MUST_NOT = "must", "may", "must_not"
LISTS = (MUST, MAY, MUST_NOT)


@dataclass(frozen=True)
class Expectation:
    """The verdicts that a scenario asks for of one hypothesis; each list may be empty."""

    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()

    def forbids(self, verdict: str) -> bool:
        """Whether a verdict must not come: it is said so, or it is not among all that may."""
        return verdict in self.must_not or (bool(self.may) and verdict not in self.must + self.may)


@dataclass(frozen=True)
class Scenario:
    """A known truth and the verdicts that it asks for.

    Attributes
    ----------
    name
        Name of its file.
    label, why
        What it is called and what it shows, by language.
    changes
        What is laid over the study's truth, one after another: those of the scenarios that it
        extends first.
    verdicts
        By hypothesis.
    limits
        Shares of replicates, under `must` and `must_not`.
    """

    name: str
    label: Mapping[str, str]
    why: Mapping[str, str]
    changes: tuple[Document, ...]
    verdicts: Mapping[str, Expectation]
    limits: Mapping[str, float]


def read_scenarios(documents: Mapping[str, Document], plan: Plan) -> dict[str, Scenario]:
    """Read the scenarios of a study.

    Parameters
    ----------
    documents
        Their files by name, checked against the schema.
    plan
        The plan, whose hypotheses they name.

    Raises
    ------
    StudyError
        Naming every hypothesis and scenario that there is not, and every verdict in two lists.
    """
    hypotheses = [each.id for each in plan.hypotheses]
    refuse_all(
        (document, problem)
        for document in documents.values()
        for problem in _problems(document, documents, hypotheses)
    )
    order = _ordered(documents)
    changes: dict[str, tuple[Document, ...]] = {}
    for name in order:
        before = changes.get(documents[name].data.get("extends", ""), ())
        changes[name] = (*before, documents[name])
    return {name: _scenario(name, changes[name]) for name in documents}


def _scenario(name: str, changes: tuple[Document, ...]) -> Scenario:
    data = changes[-1].data
    return Scenario(
        name=name,
        label=data["label"],
        why=data["why"],
        changes=changes,
        verdicts={
            hypothesis: Expectation(**{key: tuple(each) for key, each in lists.items()})
            for hypothesis, lists in data["verdicts"].items()
        },
        limits=data["limits"],
    )


def _problems(
    document: Document, known: Collection[str], hypotheses: Sequence[str]
) -> Iterator[Problem]:
    data = document.data
    if (other := data.get("extends")) is not None and other not in known:
        yield ("extends",), unknown(other, sorted(known), f"there is no scenario `{other}`")
    for hypothesis, lists in data["verdicts"].items():
        path = ("verdicts", hypothesis)
        if hypothesis not in hypotheses:
            what = f"the plan has no hypothesis `{hypothesis}`"
            yield path, unknown(hypothesis, hypotheses, what)
        seen: dict[str, str] = {}
        for key in LISTS:
            for position, verdict in enumerate(lists.get(key, ())):
                if verdict in seen:
                    told = f"`{verdict}` stands under `{seen[verdict]}` too; keep one."
                    yield (*path, key, position), told
                seen[verdict] = key


def _ordered(documents: Mapping[str, Document]) -> list[str]:
    """Put scenarios before those that extend them."""
    extended = {name: each.data.get("extends") for name, each in documents.items()}
    try:
        graph = {name: [other] if other else [] for name, other in extended.items()}
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = error.args[1]
        shown = " → ".join(f"`{name}`" for name in reversed(circle))
        raise documents[circle[0]].error(
            ("extends",), f"scenarios extend each other: {shown}."
        ) from error
