"""Moments and durations as platforms write them, in any zone and several local spellings."""

from __future__ import annotations

import re
import zoneinfo

import numpy as np
import pandas as pd

from coproduction.errors import StudyError

ZONED = r"\d:\d{2}.*(?:Z|[+-]\d{2}(?::?\d{2})?)$"
# Four digits of a year, or the name of a month, stand first; anything else is not even tried.
BEGINNING = r"(?:[1-8]\d{3}|9[0-8]\d{2})(?:[-/年].*)?|[A-Za-z]{3} .*"
# Spellings without a zone, tried in this order; day and month are never guessed.
LOCAL_FORMATS = (
    "ISO8601",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%b %d, %Y %I:%M:%S %p",
    "%b %d, %Y",
    "%Y-%m-%d %I:%M:%S %p",
)
PARTS_OF_DAY = {"上午": "AM", "下午": "PM"}
UNITS = {"天": 86400, "小时": 3600, "时": 3600, "分钟": 60, "分": 60, "秒": 1}


def utc(text: pd.Series, zone: str = "UTC") -> pd.Series:
    """Turn moments into UTC text ending in `Z`; null what is no moment.

    Null is also a time that a clock shows twice or never, where summer time ends or begins.

    Parameters
    ----------
    text
        Moments as written: ISO 8601 with or without a zone, `2026/11/20 16:05:01`,
        `Nov 20, 2026 4:05:01 PM`, `2026年11月20日 下午4:05:01`.
    zone
        Zone of the moments that name none, such as `Asia/Shanghai`.
    """
    text = _possible(text)
    zoned = text.str.contains(ZONED, regex=True).fillna(False).astype(bool)
    result = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us, UTC]")
    with_zone = pd.to_datetime(text[zoned], format="ISO8601", utc=True, errors="coerce")
    result.loc[zoned] = with_zone.astype(result.dtype)
    local = _local(text[~zoned])
    result.loc[~zoned] = _placed(local, text[~zoned], checked_zone(zone)).dt.tz_convert("UTC")
    return result.dt.strftime("%Y-%m-%dT%H:%M:%SZ").astype("string")


def _placed(local: pd.Series, text: pd.Series, zone: zoneinfo.ZoneInfo) -> pd.Series:
    """Moments in their zone; a day without a time of day stands for its first moment."""
    there = local.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    days = ~text.str.contains(":", regex=False).fillna(True).astype(bool)
    first = np.ones(int(days.sum()), dtype=bool)
    begun = local[days].dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    return there.mask(days, begun)


def checked_zone(name: str) -> zoneinfo.ZoneInfo:
    """Find a time zone by name."""
    if not is_zone(name):
        raise StudyError(
            f"There is no time zone `{name}`: name one like `Asia/Shanghai` under `time_zone` in "
            "study.yaml."
        )
    return zoneinfo.ZoneInfo(name)


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _possible(text: pd.Series) -> pd.Series:
    text = text.astype("string").str.strip()
    return text.where(text.str.fullmatch(BEGINNING).fillna(False).astype(bool))


def _local(text: pd.Series) -> pd.Series:
    result = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")
    chinese = text.str.contains("年", regex=False).fillna(False).astype(bool)
    plain = text.mask(chinese, text[chinese].map(_in_english)).astype("string")
    for form in LOCAL_FORMATS:
        open_ = result.isna() & plain.notna()
        if not open_.any():
            break
        found = pd.to_datetime(plain[open_], format=form, errors="coerce")
        result.loc[open_] = found.astype(result.dtype)
    return result


def _in_english(text: str) -> str:
    parts = re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日\s*(上午|下午)?\s*(\d.*)?", text)
    if not parts:
        return text
    year, month, day, half, clock = parts.groups()
    date = f"{year}-{int(month):02}-{int(day):02}"
    return " ".join(filter(None, [date, clock, PARTS_OF_DAY.get(half or "", "")]))


def iso_date(text: str) -> str | None:
    """Write a day as `2026-11-20`; None for what is no day or whose day and month are a guess.

    Read are ISO 8601 (a time of day is cut off), `2026/11/20`, `2026年11月20日` and `Nov 20, 2026`.
    """
    moment = _local(_possible(pd.Series([text]))).iloc[0]
    if moment is pd.NaT or not re.search(r"[\s年/,T-]", text):
        return None
    return moment.date().isoformat()


def seconds(text: pd.Series) -> pd.Series:
    """Read durations as seconds: `192`, `3分12秒`, `1小时5分`, `00:03:12`; null what is none."""
    return text.astype("string").map(_seconds, na_action="ignore").astype("Float64")


def _seconds(text: str) -> float | None:
    text = text.strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if clock := re.fullmatch(r"(\d+):(\d{2}):(\d{2}(?:\.\d+)?)", text):
        hours, minutes, rest = clock.groups()
        return int(hours) * 3600 + int(minutes) * 60 + float(rest)
    unit = "|".join(UNITS)
    if not re.fullmatch(rf"(?:\d+(?:\.\d+)?\s*(?:{unit})\s*)+", text):
        return None
    return sum(float(n) * UNITS[u] for n, u in re.findall(rf"(\d+(?:\.\d+)?)\s*({unit})", text))
