"""What a row of a table stands for.

Everything that is estimated from a table is told by one object what its rows are: whether they
stand alone or belong to clusters, how many of the population each stands for, and how they were
drawn. What more there is to know about rows is a further attribute here, and no further argument
anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal, StudyError
from coproduction.rows.design import Design
from coproduction.rows.membership import Membership, membership
from coproduction.rows.replicates import Replicates


@dataclass(frozen=True)
class Rows:
    """What each of n rows of a table stands for.

    Attributes
    ----------
    index
        Labels of the rows, by which they are found again in what is made of the table.
    cluster
        Cluster of each row; None where rows are independent.
    weight
        n: how many of the population each row stands for, or a multiple of it, 0 or more; None
        where each counts the same.
    design
        How the sample was drawn that the rows are part of; None where it is not told.
    replicates
        Weights of replicates of the sample, from which variances come where they are given.
    """

    index: pd.Index
    cluster: Membership | None = None
    weight: np.ndarray | None = None
    design: Design | None = None
    replicates: Replicates | None = None

    def __repr__(self) -> str:
        """Say what they are, in a line."""
        within = "" if self.n_clusters is None else f" in {self.n_clusters:,} clusters"
        weighted = "" if self.weight is None else ", weighted"
        return f"{len(self):,} rows{within}{weighted}"

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.index)

    @property
    def n_clusters(self) -> int | None:
        """Number of clusters; None where rows are independent."""
        return None if self.cluster is None else len(self.cluster.names)

    def __getitem__(self, chosen: np.ndarray | slice) -> Rows:
        """Give some of the rows, by whether each is among them or by their positions.

        They keep the design of the whole sample: units that none of them is in still count.

        Raises
        ------
        StudyError
            If a row too many or too few is marked.
        """
        if isinstance(chosen, np.ndarray) and chosen.dtype == bool and len(chosen) != len(self):
            raise StudyError(f"{len(chosen)} rows cannot be chosen or left out of {len(self)}.")
        return self._changed(lambda part: part[chosen])

    def at(self, index: pd.Index) -> Rows:
        """Give the rows with these labels, in their order; all of them are these rows themselves.

        Raises
        ------
        StudyError
            If a label is not among the rows, or more than one row has it.
        """
        if index.equals(self.index):
            return self
        if not self.index.is_unique:
            raise StudyError("Rows can be found by their labels only if no two have the same.")
        places = self.index.get_indexer(index)
        if (places < 0).any():
            unknown = index[places < 0][0]
            raise StudyError(f"A row labelled `{unknown}` is not among those that were described.")
        return self[places]

    def split(self, sizes: Sequence[int]) -> tuple[Rows, ...]:
        """Cut into so many rows each, whose clusters keep their numbers.

        Clusters that reach across the parts can then be put together again; a part may lack some.
        """
        ends = np.cumsum(sizes)
        places = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
        cluster = self.cluster
        if cluster is None:
            return tuple(self[place] for place in places)
        return tuple(
            replace(self[place], cluster=Membership(cluster.codes[place], cluster.names))
            for place in places
        )

    @property
    def independent(self) -> Rows:
        """The same rows, taken as independent."""
        return replace(self, cluster=None)

    @property
    def apart(self) -> Rows:
        """The same rows, one of no known cluster being in a cluster of its own."""
        return self if self.cluster is None else replace(self, cluster=self.cluster.apart())

    @property
    def together(self) -> Membership:
        """Who belongs together: the clusters, or each row by itself where rows are independent."""
        if self.cluster is not None:
            return self.cluster
        return Membership(np.arange(len(self)), np.repeat("", len(self)).astype(object))

    @property
    def sampling_units(self) -> np.ndarray:
        """Number of the unit that each row belongs to, from 0 without gaps (n,).

        A unit is drawn as a whole: a cluster, or a row that belongs to none that is known.
        """
        return self.together.apart().codes

    def _changed(self, change: Callable[[Any], Any]) -> Rows:
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        return replace(
            self, **{name: change(each) for name, each in parts.items() if each is not None}
        )


def rows_of(table: pd.DataFrame, cluster: str | None = None) -> Rows:
    """Say what the rows of a table stand for.

    Parameters
    ----------
    table
        The table.
    cluster
        Column that holds the cluster of each row; None where rows are independent.
    """
    return Rows(table.index) if cluster is None else clustered(table[cluster])


def clustered(column: pd.Series) -> Rows:
    """Make rows of a column that holds their clusters, missing where unknown."""
    return Rows(column.index, membership(column))


def rows_at(index: pd.Index, rows: Rows | None, *heeded: str) -> Rows:
    """Find the described rows with these labels; each stands for itself if nothing is told.

    Raises
    ------
    Refusal
        As `heeding`.
    """
    return Rows(index) if rows is None else heeding(rows, *heeded).at(index)


def heeding(rows: Rows, *names: str) -> Rows:
    """Give rows to an estimator that takes these attributes of them into account.

    Every estimator comes to its rows by this, so that none passes over what it knows nothing of.

    Raises
    ------
    Refusal
        If another attribute is set.
    """
    told = (part.name for part in fields(rows) if getattr(rows, part.name) is not None)
    for name in told:
        if name not in ("index", *names):
            raise Refusal("rows_not_heeded", attribute=name)
    return rows
