"""Categories of an item that nobody in one of the groups chose."""

from __future__ import annotations

import pandas as pd

from coproduction.codes import code_text
from coproduction.errors import Refusal
from coproduction.notes import Note


def join_sparse_categories(
    items: pd.DataFrame, groups: pd.Series
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Join every category that some group lacks with its neighbour, in all groups.

    Parameters
    ----------
    items
        Respondents × items, numeric codes, NaN where missing.
    groups
        Group of each respondent, on the same index.

    Returns
    -------
    tuple
        The items, in which a joined category bears the code of its neighbour, and a note for
        each joined category. Of two neighbours the one with fewer answers is taken (Rutkowski,
        Svetina and Liaw 2019, *Structural Equation Modeling* 26, 675–685, on what joining costs).

    Raises
    ------
    Refusal
        Where an item would be left with one category.
    """
    joined, notes = items.copy(), []
    for name in items:
        codes, told = _joined_codes(name, pd.crosstab(items[name], groups[items.index]))
        joined[name] = items[name].map(codes)
        notes += told
    return joined, tuple(notes)


def _joined_codes(name: str, counts: pd.DataFrame) -> tuple[dict[float, float], list[Note]]:
    """Give every code of an item the one that it is joined with, its own if none is."""
    codes, notes = {code: code for code in counts.index}, []
    while len(empty := counts.index[(counts == 0).any(axis=1)]):
        code = empty[0]
        group = counts.columns[(counts.loc[code] == 0).to_numpy()][0]
        if len(counts) < 3:
            raise Refusal(
                "category_not_joined", group=str(group), answer=code_text(code), name=str(name)
            )
        neighbour = _neighbour(counts.sum(axis=1), code)
        counts.loc[neighbour] += counts.loc[code]
        counts = counts.drop(index=code)
        codes = {own: neighbour if kept == code else kept for own, kept in codes.items()}
        values = {"group": str(group), "name": str(name)}
        values |= {"answer": code_text(code), "other": code_text(neighbour)}
        notes.append(Note("category_joined", values))
    return codes, notes


def _neighbour(totals: pd.Series, code: float) -> float:
    place = totals.index.get_loc(code)
    around = totals.iloc[[i for i in (place - 1, place + 1) if 0 <= i < len(totals)]]
    return float(around.idxmin())
