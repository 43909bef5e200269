"""What is true in a scenario: its changes laid over the study's truth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from coproduction.instrument.definition import Instrument
from coproduction.scenarios.merging import merged, nothing_to_take
from coproduction.scenarios.reading import Scenario
from coproduction.simulation.truth.content import MECHANISMS, Truth
from coproduction.simulation.truth.reading import read_truth
from coproduction.simulation.truth.variables import variables
from coproduction.yamlfiles.defaults import with_defaults
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Problem, refuse_all, unknown
from coproduction.yamlfiles.yamlfile import check_rules

WORD = re.compile(r"[a-z][a-z0-9_]*")


def scenario_truth(
    scenario: Scenario,
    truth: Document,
    schema: Mapping[str, Any],
    main: Instrument,
    sheet: Instrument | None = None,
) -> Truth:
    """Lay a scenario's changes over the study's truth, and read the result.

    Parameters
    ----------
    scenario
        The scenario.
    truth
        The study's truth file.
    schema
        JSON Schema of truth files.
    main, sheet
        Questionnaire of the persons and, if there is one, of the communities.

    Raises
    ------
    StudyError
        Naming everything in the changes that takes away what is not there, that no truth file may
        hold, that nothing makes use of, or that does not fit the questionnaires.
    """
    asked = {*variables({}, main, sheet), *MECHANISMS}
    written = truth.written
    for document in scenario.changes:
        changes = document.data["truth"]
        own = _of_truth(document, merged(written, changes))
        refuse_all((own, each) for each in nothing_to_take(written, changes))
        check_rules(own, schema)
        refuse_all((own, each) for each in _unused(written, own.written, asked))
        written = own.written
    return read_truth(replace(own, data=with_defaults(written, schema)), main, sheet)


def _of_truth(document: Document, content: dict[str, Any]) -> Document:
    """Give a whole truth the places of the changes in a scenario's file."""
    lines = {path[1:]: line for path, line in document.lines.items() if path[:1] == ("truth",)}
    words = {path[1:]: word for path, word in document.words.items() if path[:1] == ("truth",)}
    return Document(content, content, document.source, lines, words)


def _unused(
    before: Mapping[str, Any], after: Mapping[str, Any], asked: set[str]
) -> Iterator[Problem]:
    """Find new conditions and variables that nobody is asked and nothing else mentions.

    One that is misspelt would otherwise be one more, which moves nothing.
    """
    times = Counter(_words(after))
    for block in ("conditions", "equations"):
        there = before.get(block, {})
        for name in after.get(block, {}):
            if name not in {*there, *asked} and times[name] == 1:
                what = f"there is no `{name}` to change, and nothing makes use of a new one"
                yield (block, name), unknown(name, list(there), what)


def _words(value: Any) -> Iterator[str]:
    """Go through the words of all texts and keys."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from WORD.findall(str(key))
            yield from _words(each)
    elif isinstance(value, list):
        for each in value:
            yield from _words(each)
    elif isinstance(value, str):
        yield from WORD.findall(value)
