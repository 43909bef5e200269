"""The block `without_verdict`: hypotheses of the study that this plan gives no verdict on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from coproduction.yamlfiles.problems import Problem


@dataclass(frozen=True, kw_only=True)
class WithoutVerdict:
    """A hypothesis that is not judged.

    Attributes
    ----------
    id
        Its name.
    statement, reason
        The hypothesis, and why it has no verdict, each in one sentence by language.
    """

    id: str
    statement: Mapping[str, str]
    reason: Mapping[str, str]


def problems(
    planned: Sequence[WithoutVerdict], judged: Collection[str], languages: Collection[str]
) -> Iterator[Problem]:
    """Find what is wrong with the hypotheses that are not judged.

    Parameters
    ----------
    planned
        The block.
    judged
        Names of the hypotheses that have a verdict.
    languages
        Languages of the questionnaire, in all of which each is worded.
    """
    seen: set[str] = set()
    for position, each in enumerate(planned):
        path = ("without_verdict", position)
        if each.id in judged:
            yield (*path, "id"), f"the hypothesis `{each.id}` has a verdict; leave it out here."
        if each.id in seen:
            yield (*path, "id"), f"the hypothesis `{each.id}` stands twice."
        seen.add(each.id)
        for key, words in (("statement", each.statement), ("reason", each.reason)):
            if missing := [language for language in languages if language not in words]:
                yield (*path, key), f"is not worded in {', '.join(missing)}."
