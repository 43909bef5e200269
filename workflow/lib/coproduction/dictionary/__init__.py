"""The data dictionary: type, format and meaning of every column of every result table.

Said once, in `tables.yaml` beside this module, so that a step that reads it needs no schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import PurePath

import pandas as pd
import yaml

from coproduction.tables import SYNTHETIC, read_csv


@dataclass(frozen=True)
class Column:
    """What is said of a column.

    Attributes
    ----------
    type
        `text`, `number`, `integer` or `boolean`.
    format
        How the report writes it: a name in `report.columns`, or `words` and a vocabulary.
    meaning
        What a row holds in it; empty where every table says it for itself.
    """

    type: str
    format: str
    meaning: str = ""


OF_SYNTHETIC = Column(
    "boolean", "yes_no", "whether the data are synthetic, and no person's answers"
)


@dataclass(frozen=True)
class Dictionary:
    """What is said of the columns of all result tables.

    Attributes
    ----------
    tables
        Columns by table, such as `cleaning/flow.csv`, and name, in the order of the file.
    common
        Columns by name that are said once for several tables, or that the report makes.
    steps
        Step by table, where it is not the one that the folder is named after.
    """

    tables: Mapping[str, Mapping[str, Column]]
    common: Mapping[str, Column]
    steps: Mapping[str, str] = field(default_factory=dict)

    def tables_of(self, room: str) -> list[str]:
        """Name the result tables of a room, such as `flow` for `cleaning/flow.csv`."""
        files = (PurePath(table) for table in self.tables)
        return [file.stem for file in files if file.parent.name == room]

    def step_of(self, table: str) -> str:
        """Name the step that makes a table, such as `cleaning` for `cleaning/flow.csv`."""
        return self.steps.get(table) or PurePath(table).parts[0]

    def made_by(self, step: str) -> list[str]:
        """Name the result tables that a step makes, such as `cleaning/flow.csv`."""
        return [table for table in self.tables if self.step_of(table) == step]

    def column(self, table: str, name: str) -> Column | None:
        """Find a column: as its table has it, else as several have it; nothing of an unknown."""
        return self.tables.get(table, {}).get(name) or self.common.get(name)

    def types(self, table: str) -> dict[str, str]:
        """Give the type of each column of a table."""
        return {name: column.type for name, column in self.tables[table].items()}

    def empty(self, table: str) -> pd.DataFrame:
        """Make a table without rows, its columns as they are read from a file."""
        types = self.types(table)
        return read_csv(",".join(types).encode(), types)

    def lines(self) -> pd.DataFrame:
        """List `table, column, type, meaning`, one row per column."""
        rows = [
            (table, name, column.type, column.meaning)
            for table, columns in self.tables.items()
            for name, column in {**columns, SYNTHETIC: OF_SYNTHETIC}.items()
        ]
        return pd.DataFrame(rows, columns=["table", "column", "type", "meaning"])


@cache
def dictionary() -> Dictionary:
    """Give what is said of the project's own tables."""
    return read_dictionary((resources.files(__name__) / "tables.yaml").read_text("utf-8"))


def read_dictionary(text: str) -> Dictionary:
    """Read what a text such as `tables.yaml` says."""
    said = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    common = {name: Column(*each) for name, each in said["columns"].items()}
    return Dictionary(
        {
            table: {name: _column(each, name, common) for name, each in columns.items()}
            for table, columns in said["tables"].items()
        },
        common,
        said.get("steps", {}),
    )


def _column(said: str | list[str] | None, name: str, common: Mapping[str, Column]) -> Column:
    """Make a column from what its table says: nothing, a meaning of its own, or all of it."""
    if isinstance(said, list):
        return Column(*said)
    if name not in common:
        raise ValueError(f"`{name}` has neither type nor format, in its table or for all tables.")
    return replace(common[name], meaning=said) if said else common[name]


def read_table(table: str, data: bytes) -> pd.DataFrame:
    """Read a result table, such as `cleaning/flow.csv`, from the content of its file.

    Whether it comes from synthetic data is known of the study, and not part of what is read.
    """
    types = dictionary().types(table) | {SYNTHETIC: OF_SYNTHETIC.type}
    return read_csv(data, types).drop(columns=SYNTHETIC, errors="ignore")


def read_tables(paths: Iterable[str], read: Callable[[str], bytes]) -> dict[str, pd.DataFrame]:
    """Read result tables by room and name, such as `cleaning/flow.csv`.

    Parameters
    ----------
    paths
        Files that end in room and name.
    read
        Gives the content of a file.
    """
    names = {"/".join(PurePath(path).parts[-2:]): path for path in paths}
    return {name: read_table(name, read(path)) for name, path in names.items()}
