"""Probabilities with which respondents were drawn, from what the contact log says and counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.weighting.rules import Frame


def stated(contacts: pd.DataFrame, column: str) -> pd.Series:
    """Take the probabilities with which contacts were drawn.

    Raises
    ------
    StudyError
        If one is no number above 0 and at most 1, with its row.
    """
    numbers = pd.to_numeric(contacts[column].replace("", None), errors="coerce")
    wrong = ~((numbers > 0) & (numbers <= 1))
    if wrong.any():
        row = contacts.loc[wrong.idxmax()]
        raise StudyError(
            f"{row['source_file']}, row {row['source_row']}: `{column}` is `{row[column]}`; the "
            "probability with which somebody was drawn is above 0 and at most 1."
        )
    return numbers


def from_frames(
    contacts: pd.DataFrame,
    responded: pd.DataFrame,
    members: pd.DataFrame,
    frames: Sequence[Frame],
    listed: pd.DataFrame,
) -> np.ndarray:
    """Compute the probability with which each respondent was drawn from any list (n,).

    A list's share of drawn people is their count in the log over the number that was on it.
    Somebody on several lists could be reached by each of them: the probabilities are put together,
    so that everybody counts once from whichever list they came (Bankier 1986, *JASA* 81, 1074–1079;
    Kalton and Anderson 1986, *JRSS A* 149, 65–82). Nobody stands twice in the log, and whoever was
    drawn from two lists stands under the first; of a list of some people, those who had been drawn
    from lists of everybody before are therefore not counted in it, and its number is lowered by
    their expected share.

    Parameters
    ----------
    contacts
        `community, frame, count, source_file` of everybody drawn.
    responded
        `community, frame` of each respondent, from the log.
    members
        Whether each respondent is on each list, by what they answered.
    frames
        The lists, in the order in which people were drawn from them.
    listed
        How many were on each list, by community.

    Raises
    ------
    StudyError
        If a respondent was drawn from a list that is not declared, or a list from which people were
        drawn has no number, or a smaller one.
    """
    _check_frames(contacts, responded, frames)
    drawn = contacts.groupby(["community", "frame"])["count"].sum()
    before = pd.Series(1.0, index=listed.index)
    missed = np.ones(len(responded))
    for frame in frames:
        count = drawn.xs(frame.id, level="frame").reindex(listed.index, fill_value=0)
        _check_counts(count, listed[frame.listed], frame, contacts["source_file"].iloc[0])
        free = listed[frame.listed].fillna(0) * before
        share = (count / free.where(free > 0)).fillna(0).clip(upper=1)
        if frame.members is None:
            before = before * (1 - share)
        own = responded["frame"].eq(frame.id).to_numpy()
        on_list = own | members[frame.id].to_numpy(bool)
        here = responded["community"].map(share).fillna(0).to_numpy()
        missed = missed * np.where(on_list, 1 - here, 1.0)
    return 1 - missed


def _check_frames(contacts: pd.DataFrame, responded: pd.DataFrame, frames: Sequence[Frame]) -> None:
    known = [frame.id for frame in frames]
    strange = ~responded["frame"].isin(known)
    if strange.any():
        name = responded["frame"][strange].iloc[0]
        raise StudyError(
            f"{contacts['source_file'].iloc[0]}: respondents were drawn from the frame `{name}`, "
            "which weights.base.frames in study.yaml does not declare (it has "
            f"{', '.join(known)}). Declare it with how many were on it."
        )
    if missing := [name for name in known if name not in set(contacts["frame"])]:
        raise StudyError(
            f"{contacts['source_file'].iloc[0]}: nobody was drawn from the frame `{missing[0]}`, "
            "which weights.base.frames in study.yaml declares; correct its name or leave it out."
        )


def _check_counts(count: pd.Series, listed: pd.Series, frame: Frame, source: str) -> None:
    lacking = (count > 0) & ~(listed >= count)
    if lacking.any():
        community = lacking.idxmax()
        n, number = int(count[community]), listed[community]
        found = "is unknown" if pd.isna(number) else f"is {number:g}"
        raise StudyError(
            f"{source}: {n} people were drawn from the frame `{frame.id}` in community "
            f"`{community}`, but `{frame.listed}` of its sheet, how many were on that list, "
            f"{found}. Correct the sheet or the log."
        )
