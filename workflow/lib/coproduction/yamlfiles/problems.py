"""Everything that is wrong with a study's files, told at once."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping

from coproduction.errors import StudyError
from coproduction.yamlfiles.document import Document, Path

Problem = tuple[Path, str]
"""Where something stands that cannot be used, and what is wrong with it."""
FEW, NEAREST = 12, 5
MOST_TOLD = 20
"""So many problems of a file are told at once."""


def refuse_all(problems: Iterable[tuple[Document, Problem]]) -> None:
    """Raise one error that names every problem of a study's files, in the order of their lines.

    Raises
    ------
    StudyError
        If there is a problem; a line of text for each, with file, line and key, up to a number that
        a person can mend.
    """
    found: dict[str, dict[tuple[int, str], str]] = {}
    for document, (path, message) in problems:
        # What an alias repeats stands on one line, and is told once.
        place = document.line(path), message
        text = str(document.error(path, message))
        found.setdefault(document.source, {}).setdefault(place, text)
    if found:
        raise StudyError("\n".join(text for each in found.items() for text in _first(*each)))


def _first(source: str, told: Mapping[tuple[int, str], str]) -> list[str]:
    """Tell the first problems of a file, and how many more there are."""
    texts = [told[place] for place in sorted(told)]
    more = f"{source}: {len(texts) - MOST_TOLD} more of this kind; mend these first."
    return texts[:MOST_TOLD] + [more] * (len(texts) > MOST_TOLD)


def unknown(name: str, known: Collection[str], what: str, listed: str = "there are") -> str:
    """Say that there is no such name, and which there are: all, or of many the nearest.

    Parameters
    ----------
    name
        The name that leads nowhere.
    known
        Names that exist.
    what
        Start of the sentence, up to the names: "there is no item `sexx`".
    listed
        Word in front of all names that exist.
    """
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean `{close[0]}`?" if close else ""
    if not known:
        return f"{what}{hint} ({listed}: none)."
    if len(known) <= FEW:
        return f"{what}{hint} ({listed}: {', '.join(known)})."
    nearest = difflib.get_close_matches(name, known, n=NEAREST, cutoff=0.0)
    return f"{what}{hint} (nearest of {len(known)}: {', '.join(nearest)})."
