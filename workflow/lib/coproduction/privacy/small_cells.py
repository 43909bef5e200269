"""Numbers so small that they might point to a person, and what else is hidden with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import pandas as pd

GIVEN = ("answer", "number", "text")
NOT_ASKED, ANSWERED = "not_asked", "answered"
COUNTED = ("n", "share", "share_asked")
SPREAD = ("minimum", "maximum", "mean", "sd")


def rare(counts: pd.Series, minimum: int) -> pd.Index:
    """Name the counts that must not be shown one by one: the small ones, and further with them.

    Parameters
    ----------
    counts
        Sizes of groups that do not overlap, such as how many gave each answer.
    minimum
        The smallest number that may be shown.

    Returns
    -------
    pandas.Index
        Labels of the hidden counts, as `with_others` gives them.
    """
    return with_others(counts, counts.index[(counts > 0) & (counts < minimum)], minimum)


def with_others(counts: pd.Series, secret: Collection[object], minimum: int) -> pd.Index:
    """Name what is hidden so that nobody can work out some counts.

    Further counts are hidden, from the smallest on, until nothing can be worked out from the sum of
    the hidden ones, which is the total less those shown: each of them could be any number below the
    minimum, they need not all be as large as numbers below the minimum can be, and the last one
    could be larger by one without another being hidden in its place. That keeps the secret from
    those who know this rule (minimality attack: Wong et al. 2007, *VLDB*).

    Parameters
    ----------
    counts
        Sizes of groups that do not overlap.
    secret
        Labels of those that must not be known.
    minimum
        The smallest number that may be shown.

    Returns
    -------
    pandas.Index
        Labels of the hidden counts. Counts of zero are among them only where all are, because
        otherwise something could be worked out.
    """
    ascending = counts[counts > 0].sort_values(kind="stable")
    chosen = [label for label in ascending.index if label in set(secret)]
    if not chosen:
        return counts.index[:0]
    others = [label for label in ascending.index if label not in chosen]
    first = len(chosen)
    while others and not _safe(ascending[chosen], minimum, first, ascending[others[0]]):
        chosen.append(others.pop(0))
    closed = bool(others) or _spread(ascending[chosen], minimum)
    return pd.Index(chosen) if closed else counts.index


def _spread(hidden: pd.Series, minimum: int) -> bool:
    """Tell whether each of the hidden counts could be any number below the minimum."""
    return len(hidden) > 1 and hidden.sum() >= len(hidden) + minimum - 2


def _safe(hidden: pd.Series, minimum: int, first: int, smallest_shown: int) -> bool:
    if not _spread(hidden, minimum):
        return False
    if len(hidden) > first:
        return bool(smallest_shown > hidden.iloc[-1])
    all_small = hidden.max() < minimum
    return bool(not all_small or hidden.sum() <= len(hidden) * (minimum - 1) - 2)


def hide_flagged(quality: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Blank how many rows an index or a contradiction flags where they are few, and others with it.

    Parameters
    ----------
    quality
        `index, limit, n, n_flagged, share`, the sums over all flags among them.
    minimum
        The smallest number of people that may be shown.
    """
    counts = pd.Series(quality["n_flagged"].astype(float).to_numpy(), index=quality.index)
    gone = quality.index.isin(rare(counts, minimum))
    blank = {name: quality[name].astype(float).mask(gone) for name in ("n_flagged", "share")}
    return quality.assign(**blank)


def protect(
    frequencies: pd.DataFrame,
    minimum: int,
    answers: pd.DataFrame,
    several: Collection[str] = (),
    routes: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> pd.DataFrame:
    """Hide the answers that few gave, and everything that they could be worked out from.

    Kinds of missing answers say nothing of anybody's answer and are shown, but where a hidden
    answer could be had from them: where all answers to a question are hidden, and where those to
    whom another question was not put are those who gave a hidden answer.

    Parameters
    ----------
    frequencies
        From `coproduction.cleaning.frequencies`.
    minimum
        The smallest number of people that an answer may stand for.
    answers
        What everybody counted answered: a column of text per question, the code of the answer or
        the kind of missing answer.
    several
        Questions with more than one answer.
    routes
        The questions on which it rests whether a question is put.

    Returns
    -------
    pandas.DataFrame
        The same rows; what is hidden is NaN. Where it cannot be told how many answered, there are
        no shares of them; where it cannot be told how many were asked, none of these.
    """
    parts = {str(item): rows for item, rows in frequencies.groupby("item", sort=False)}
    hidden = {
        item: _of_several(rows, minimum) if item in several else _of_one(rows, minimum)
        for item, rows in parts.items()
    }
    told = True
    while told:
        told = False
        for item, before in routes.items():
            if item not in parts or NOT_ASKED in hidden[item]:
                continue
            if any(_splits(hidden[each], answers[each], answers[item]) for each in before):
                way = _of_several if item in several else _of_one
                hidden[item] |= way(parts[item], minimum, (NOT_ASKED,))
                told = True
    made = [_blanked(rows, hidden[item]) for item, rows in parts.items()]
    return pd.concat(made, ignore_index=True) if made else frequencies


def _cells(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Count by code of an answer, or kind of numbers and texts; and by kind of missing answer."""
    labels = rows["value"].where(rows["value"] != "", rows["kind"])
    cells = pd.Series(rows["n"].to_numpy(), index=pd.Index(labels, dtype=object))
    given = rows["kind"].isin(GIVEN).to_numpy()
    return cells[given], cells[~given]


def _of_one(rows: pd.DataFrame, minimum: int, secret: Collection[str] = ()) -> set[str]:
    """Name what is hidden of a question with one answer: its answers and missing kinds add up."""
    given, missing = _cells(rows)
    few, apart = rare(given, minimum), with_others(missing, secret, minimum)
    if _closed(given, few, minimum) and _closed(missing, apart, minimum):
        return {*few, *apart}
    small = given.index[(given > 0) & (given < minimum)]
    return set(with_others(pd.concat([given, missing]), {*small, *secret}, minimum))


def _closed(cells: pd.Series, hidden: pd.Index, minimum: int) -> bool:
    """Tell whether the hidden cells keep their secret though their sum is known."""
    return hidden.empty or len(hidden) < len(cells) or _spread(cells[hidden][cells > 0], minimum)


def _of_several(rows: pd.DataFrame, minimum: int, secret: Collection[str] = ()) -> set[str]:
    """Name what is hidden of a multiple choice: few ticked an answer, or few did not."""
    given, missing = _cells(rows)
    answered = _answered(rows)
    apart = with_others(missing, secret, minimum)
    if 0 < answered < minimum or not _closed(missing, apart, minimum):
        return {*given.index, *missing.index, ANSWERED}
    unticked = given.index[(answered - given > 0) & (answered - given < minimum)]
    return {*rare(given, minimum), *unticked, *apart}


def _answered(rows: pd.DataFrame) -> float:
    shown = rows[(rows["share"] > 0)]
    return round(float((shown["n"] / shown["share"]).max())) if len(shown) else 0.0


def _splits(hidden: set[str], answers: pd.Series, routed: pd.Series) -> bool:
    """Tell whether those not asked gave just some of the hidden answers to another question."""
    out = routed.eq(NOT_ASKED)
    share = out.groupby(answers).mean()
    if not share.isin([0.0, 1.0]).all():
        return False
    left_out = hidden & set(share.index[share == 1])
    return bool(left_out) and left_out != hidden & set(share.index)


def _blanked(rows: pd.DataFrame, hidden: set[str]) -> pd.DataFrame:
    """Blank what is hidden, and the shares and means that it could be worked out from."""
    labels = rows["value"].where(rows["value"] != "", rows["kind"])
    gone = labels.isin(hidden)
    given = rows["kind"].isin(GIVEN)
    blank = {name: rows[name].mask(gone) for name in (*COUNTED, *SPREAD)}
    if ANSWERED in hidden or (gone[given].any() and gone[~given].any()):
        blank["share"] = rows["share"].mask(given)
    if NOT_ASKED in hidden:
        blank["share_asked"] = rows["share_asked"].mask(rows["share_asked"].notna())
    return rows.assign(**blank)


def hidden_cells(frequencies: pd.DataFrame) -> dict[str, set[str]]:
    """Name the hidden answers, by code, and kinds of missing answers of every question."""
    labels = frequencies["value"].where(frequencies["value"] != "", frequencies["kind"])
    gone = frequencies["n"].isna()
    return {
        str(item): set(cells) for item, cells in labels[gone].groupby(frequencies["item"][gone])
    }
