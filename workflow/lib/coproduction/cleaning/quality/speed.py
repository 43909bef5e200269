"""How fast a questionnaire was answered."""

from __future__ import annotations

import pandas as pd


def seconds_per_item(seconds: pd.Series, answered: pd.Series) -> pd.Series:
    """Divide the duration of an interview by the number of questions answered; low is worse.

    Two seconds an item is the usual limit (Huang et al. 2012, *Journal of Business and Psychology*
    27). Null where nothing was answered or the duration is unknown.
    """
    number = answered.astype("float64")
    return seconds.astype("float64") / number.where(number > 0)


def relative_speed(pace: pd.Series, reference: pd.Series) -> pd.Series:
    """Divide the median pace of the reference rows by the row's own; high is worse.

    Two means twice as fast as the typical respondent, Leiner's limit (2019, *Survey Research
    Methods* 13). His index averages over pages; platforms that keep no page times leave the
    whole interview, per question answered, so that skipped parts do not look like haste.

    Parameters
    ----------
    pace
        Seconds per item.
    reference
        Rows that say what is typical, as booleans.
    """
    return pace[reference].median() / pace.where(pace > 0)
