"""Which platform wrote an export, from what only it writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.files.readstat import SPSS, is_stata
from coproduction.intake.files.tabular import read_cells
from coproduction.intake.files.workbook import ZIP
from coproduction.intake.platforms.paper import entry_sheet
from coproduction.intake.platforms.qualtrics_headers import is_import_id
from coproduction.intake.recognition import named

STATES = ("0", "1", "2")
REDCAP = frozenset(
    [
        "redcap_event_name",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "redcap_survey_identifier",
        "redcap_data_access_group",
    ]
)
RECORDED = frozenset(["StartDate", "EndDate", "RecordedDate", "Progress", "Finished"])
# Rows that tell the platform: its further header rows and some answers.
HEAD = 100


def detect(data: bytes, instrument: Instrument, source: str) -> str:
    """Find the platform of an export.

    Parameters
    ----------
    data, source
        Content and name of the file.
    instrument
        The questionnaire.

    Returns
    -------
    str
        A name of `readers.READERS`; `plain` if no platform left a mark.

    Raises
    ------
    StudyError
        If the file cannot be read at all, or bears the marks of two platforms.
    """
    if data.startswith(SPSS) or is_stata(data):
        return "spss_stata"
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{"):
        return "surveyjs"
    if data.startswith(ZIP) and entry_sheet(data, source) is not None:
        return "paper"
    cells = read_cells(data, source, limit=HEAD)
    items = named(instrument)
    headers = {header for header in cells.columns if header not in items}
    found = [name for name, marks in MARKS.items() if marks(headers, cells)]
    if len(found) > 1:
        raise StudyError(
            f"{source} looks like an export of {' and of '.join(found)}: name the `platform` in "
            "study.yaml."
        )
    return found[0] if found else "plain"


def _kobotoolbox(headers: set[str], cells: pd.DataFrame) -> bool:
    return "_submission_time" in headers and bool({"_uuid", "_id", "_index"} & headers)


def _odk_central(headers: set[str], cells: pd.DataFrame) -> bool:
    central = {"SubmitterID", "SubmitterName", "AttachmentsPresent", "ReviewState", "FormVersion"}
    return "KEY" in headers and bool(central & headers)


def _surveycto(headers: set[str], cells: pd.DataFrame) -> bool:
    return "KEY" in headers and "formdef_version" in headers


def _limesurvey(headers: set[str], cells: pd.DataFrame) -> bool:
    codes = {"submitdate", "lastpage", "startlanguage"}
    words = {"Date submitted", "Last page", "Start language"}
    return len(codes & headers) >= 2 or len(words & headers) >= 2


def _qualtrics(headers: set[str], cells: pd.DataFrame) -> bool:
    if any(cells.iloc[row].map(is_import_id).any() for row in range(min(2, len(cells)))):
        return True
    first = cells.iloc[0].str.strip().str.casefold()
    old = "V1" in headers and bool((first == "responseid").any())
    return old or ("ResponseId" in headers and len(RECORDED & headers) >= 2)


def _redcap(headers: set[str], cells: pd.DataFrame) -> bool:
    # A form's state alone is no mark: many tables have a column that ends in `_complete`.
    every = set(cells.columns)
    state = any(_holds_only(cells[h], STATES) for h in headers if h.endswith("_complete"))
    named_so = "record_id" in every or any(re.search(r"\w___\w", header) for header in every)
    labels = [header for header in every if header == "Complete?" or "(choice=" in header]
    states = {"complete", "incomplete", "unverified"}
    worded = any("(choice=" in h or _holds_only(cells[h], states) for h in labels)
    return bool(REDCAP & every) or (state and named_so) or worded


def _holds_only(column: pd.Series, words: Iterable[str]) -> bool:
    return bool(column.str.strip().str.casefold().isin([*words, ""]).all())


def _wenjuanxing(headers: set[str], cells: pd.DataFrame) -> bool:
    numbered = any(re.match(r"(\d+、|第\d+题)", header) for header in headers)
    return "序号" in headers and (numbered or "提交答卷时间" in headers)


MARKS: Mapping[str, Callable[[set[str], pd.DataFrame], bool]] = {
    "kobotoolbox": _kobotoolbox,
    "odk_central": _odk_central,
    "surveycto": _surveycto,
    "limesurvey": _limesurvey,
    "qualtrics": _qualtrics,
    "redcap": _redcap,
    "wenjuanxing": _wenjuanxing,
}
