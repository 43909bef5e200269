"""Which rows belong together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.codes import code_text


@dataclass(frozen=True)
class Membership:
    """Which of J groups each of n rows belongs to.

    Attributes
    ----------
    codes
        n: position of each row's group among the names, −1 where it is unknown.
    names
        J: names of the groups, in the order of the values that they were made of.
    """

    codes: np.ndarray
    names: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """Whether it is known which group each row belongs to (n,)."""
        return self.codes >= 0

    @property
    def sizes(self) -> np.ndarray:
        """Rows of each group (J,)."""
        return np.bincount(self.codes[self.known], minlength=len(self.names))

    def __getitem__(self, chosen: np.ndarray | slice) -> Membership:
        """Give the membership of some rows: groups that none of them is in are gone."""
        codes = self.codes[chosen]
        present = np.zeros(len(self.names) + 1, bool)
        present[codes] = True
        places = np.append(np.cumsum(present[:-1]) - 1, -1)
        return Membership(places[codes], self.names[present[:-1]])

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Add up rows within their groups, n × q to J × q; those of no known group are left out."""
        from scipy.sparse import csc_array

        n, nowhere = len(self.codes), len(self.names)
        place = np.where(self.known, self.codes, nowhere)
        inside = csc_array((np.ones(n), place, np.arange(n + 1)), shape=(nowhere + 1, n))
        return (inside @ values)[:-1]

    def apart(self) -> Membership:
        """Put each row of no known group into one of its own, and groups in order of appearance.

        Numbers then depend on who is with whom, and not on what the groups are called.
        """
        alone = np.flatnonzero(~self.known)
        codes = self.codes.copy()
        codes[alone] = len(self.names) + np.arange(len(alone))
        found, first, places = np.unique(codes, return_index=True, return_inverse=True)
        order = np.argsort(first)
        names = np.append(self.names, np.repeat("", len(alone)))
        return Membership(np.argsort(order)[places], names[found[order]])


def membership(column: pd.Series) -> Membership:
    """Sort rows into groups by the values of a column; a missing value is an unknown group."""
    codes, values = pd.factorize(column, sort=True)
    return Membership(codes, np.array([code_text(value) for value in values], object))
