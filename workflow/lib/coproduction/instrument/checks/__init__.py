"""What must hold in a questionnaire beyond its schema: names, codes and references fit together."""

from __future__ import annotations

from collections.abc import Iterator

from coproduction.instrument.checks import codes, identifiers, items, routing, wordings
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Problem


def problems(document: Document) -> Iterator[Problem]:
    """Find everything in a questionnaire that names what does not exist, or could be misread.

    Parameters
    ----------
    document
        The questionnaire, as its schema allows it.
    """
    found = [
        problem
        for check in (wordings, codes, identifiers, items)
        for problem in check.problems(document)
    ]
    yield from found
    yield from routing.problems(document, {path for path, _ in found})
