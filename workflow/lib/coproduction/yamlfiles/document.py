"""A file of a study that can still say where each value stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from coproduction.errors import StudyError
from coproduction.yamlfiles.defaults import left_out

Path = tuple[str | int, ...]
"""Keys and positions that lead to a value."""


@dataclass(frozen=True)
class Document:
    """A parsed YAML file that can still say where each value stands.

    Attributes
    ----------
    data
        The content as plain dicts, lists, strings and numbers, with the defaults of the schema in
        the place of what the file leaves out.
    written
        The content without them.
    source
        Name of the file, for messages.
    lines
        Line number (from 1) of each key path.
    words
        Letter by letter, the words that YAML takes for true, false or nothing.
    """

    data: dict[str, Any]
    written: dict[str, Any]
    source: str
    lines: Mapping[Path, int]
    words: Mapping[Path, str]

    @property
    def left_out(self) -> tuple[Path, ...]:
        """Keys that the file leaves out, and that have the default of the schema."""
        return tuple(left_out(self.written, self.data))

    def error(self, path: Iterable[str | int], message: str) -> StudyError:
        """Build the error for the value at `path`: file, line, key and the message."""
        path = tuple(path)
        return StudyError(f"{self.source}, line {self.line(path)}, {key(path)}: {message}")

    def line(self, path: Path) -> int:
        """Line on which the value at `path` stands, or the block that lacks it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def key(path: Path) -> str:
    """Write the keys that lead to a value as one."""
    return ".".join(map(str, path)) or "(top level)"
