"""Chance that only a study's own people can repeat, and the neutral numbers of its communities."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.privacy.private import LENGTH

FIRST, SPAN = 10_000, 90_000
GROUPING = ("by", "variable", "group", "item")
LEVELS = ("level", "by_value", "reference_level", "value", "found")
LEVEL = re.compile(r"(\w+)\[([^\]]*)\]")


def key_of_seed(seed: int) -> bytes:
    """Make the key of a study whose data are synthetic: anybody may repeat it."""
    return hashlib.sha256(f"synthetic {seed}".encode()).digest()


def read_key(text: str, source: str) -> bytes:
    """Read a key from its file.

    Raises
    ------
    StudyError
        If the file does not hold one.
    """
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != LENGTH:
        raise StudyError(
            f"{source} is no key ({2 * LENGTH} digits 0 to 9 and a to f): put back the file that "
            "was there. Only if it is lost for good remove it and all that was made with it: a "
            "new key gives respondents and communities new numbers."
        )
    return key


def secret_generator(key: bytes, purpose: str) -> np.random.Generator:
    """Make a source of chance for one purpose that nobody can repeat who lacks the key."""
    digest = hmac.digest(key, purpose.encode(), "sha256")
    return np.random.default_rng(int.from_bytes(digest, "big"))


def pseudonyms(codes: Iterable[object], key: bytes) -> dict[str, int]:
    """Give communities numbers from which nobody can tell their codes who lacks the key.

    A number depends on the key and the community's own code only, so that further communities
    change none; where two would have the same, the one whose digest comes later takes the next free
    number.

    Parameters
    ----------
    codes
        Codes of communities, in any order, repeated or not.
    key
        The study's key.

    Returns
    -------
    dict
        Five digits by code, in the order of the numbers.
    """
    digests = sorted(
        (hmac.digest(key, f"community {code}".encode(), "sha256"), code)
        for code in {_text(code) for code in codes}
    )
    if len(digests) > SPAN:
        raise StudyError(f"There are numbers for {SPAN} communities; the data hold {len(digests)}.")
    numbers: dict[str, int] = {}
    taken: set[int] = set()
    for digest, code in digests:
        number = int.from_bytes(digest, "big") % SPAN
        while number in taken:
            number = (number + 1) % SPAN
        taken.add(number)
        numbers[code] = FIRST + number
    return dict(sorted(numbers.items(), key=lambda pair: pair[1]))


def codes_of(
    table: pd.DataFrame, clusters: Iterable[str], missing: Iterable[int] = ()
) -> list[str]:
    """List the codes that a table's items of communities hold, codes of missing answers apart."""
    left = {str(code) for code in missing}
    known = {_text(code) for name in clusters for code in table[name].dropna()}
    return sorted(known - left)


def number_table(numbers: Mapping[str, int]) -> pd.DataFrame:
    """Make the table `code, number` that stays with the confidential data."""
    return pd.DataFrame({"code": list(numbers), "number": list(numbers.values())})


def neutral_findings(
    findings: pd.DataFrame, clusters: Iterable[str], numbers: Mapping[str, int]
) -> pd.DataFrame:
    """Name communities by their numbers in findings about the items that hold their codes."""
    rows = findings["item"].isin(list(clusters))
    changed = {
        name: findings[name].where(~rows, findings[name].map(lambda code: _number(code, numbers)))
        for name in ("found", "expected")
    }
    return findings.assign(**changed)


def neutral(
    table: pd.DataFrame, clusters: Iterable[str], numbers: Mapping[str, int]
) -> pd.DataFrame:
    """Name communities by their numbers in a result table.

    The order of the rows stays, so that no number depends on the key.

    Parameters
    ----------
    table
        Result table: its column `cluster`, its groups and its terms may be communities.
    clusters
        Items that hold codes of communities.
    numbers
        Number by code.
    """
    clusters = set(clusters)
    grouped = pd.Series(False, index=table.index)
    for name in GROUPING:
        if name in table:
            grouped |= table[name].isin(clusters)
    changed = {}
    for name in table.columns:
        if name == "cluster":
            changed[name] = [_number(code, numbers) for code in table[name]]
        elif name in LEVELS and grouped.any():
            cells = zip(table[name], grouped, strict=True)
            changed[name] = [_number(cell, numbers) if own else cell for cell, own in cells]
        elif not pd.api.types.is_numeric_dtype(table[name].dtype):
            changed[name] = [_term(cell, clusters, numbers) for cell in table[name]]
    return table.assign(**changed)


def _text(code: object) -> str:
    """Write a code as text; whole numbers without the decimals that missing answers give them."""
    return str(code).removesuffix(".0")


def _number(code: object, numbers: Mapping[str, int]) -> object:
    return str(numbers[_text(code)]) if _text(code) in numbers else code


def _term(cell: object, clusters: set[str], numbers: Mapping[str, int]) -> object:
    """Rename the levels of communities in a term such as `place[C01]`."""
    if not isinstance(cell, str) or "[" not in cell:
        return cell
    return LEVEL.sub(
        lambda found: (
            f"{found[1]}[{_number(found[2], numbers)}]" if found[1] in clusters else found[0]
        ),
        cell,
    )
