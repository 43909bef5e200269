"""Ids that an instrument may bear, for the names that a file gives to its columns."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence

from coproduction.errors import StudyError
from coproduction.instrument.checks.identifiers import (
    PLATFORM_WORDS,
    STATISTICS_WORDS,
    TABLE_WORDS,
)
from coproduction.instrument.wording import normal

LONGEST = 20
RESERVED = PLATFORM_WORDS | STATISTICS_WORDS | TABLE_WORDS


def ids(headers: Sequence[str], source: str) -> list[str]:
    """Give every header an id: itself where it can be one, else what is left of it.

    Parameters
    ----------
    headers, source
        Names of columns, and the name of their file for messages.

    Raises
    ------
    StudyError
        If two headers are the same but for case, width or blanks: readers take them for one.
    """
    _check_different(headers, source)
    taken = {normal(header) for header in headers}
    given: list[str] = []
    for place, header in enumerate(headers, 1):
        others = taken - {normal(header)} | {*given}
        name = header if _is_id(header) else _free(header, place, others)
        given.append(name)
    return given


def _check_different(headers: Iterable[str], source: str) -> None:
    spellings: dict[str, list[str]] = {}
    for header in headers:
        spellings.setdefault(normal(header), []).append(header)
    alike = [" and ".join(f"`{h}`" for h in each) for each in spellings.values() if len(each) > 1]
    if alike:
        raise StudyError(
            f"{source}: columns whose names differ in case, width or blanks only cannot be told "
            f"apart: {'; '.join(alike)}. Rename one of each in the file."
        )


def _is_id(name: str) -> bool:
    return bool(re.fullmatch(rf"[a-z][a-z0-9]{{1,{LONGEST - 1}}}", name)) and not (
        name in RESERVED or keyword.iskeyword(name) or re.fullmatch(r"str\d+|sec[a-z0-9]+", name)
    )


def _free(header: str, place: int, taken: set[str]) -> str:
    """Find an id that nobody has: letters and digits of a header, its place where it has none."""
    stem = re.sub("[^a-z0-9]", "", header.casefold())
    if not stem or not stem[0].isalpha():
        stem = f"q{stem}" if stem else f"q{place}"
    stem = stem[:LONGEST]
    for number in ("", *range(2, 10_000)):
        name = f"{stem[: LONGEST - len(str(number))]}{number}"
        if _is_id(name) and name not in taken:
            return name
    raise StudyError(f"No id is left for the column `{header}`; rename it in the file.")
