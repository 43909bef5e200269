"""Which platform wrote an export, from what only it writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.paper import entry_sheet
from coproduction.intake.qualtrics import is_import_id
from coproduction.intake.readstat import SPSS, is_stata
from coproduction.intake.recognition import named
from coproduction.intake.tabular import read_cells
from coproduction.intake.workbook import ZIP

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
    if len(cells) > 1 and cells.iloc[1].map(is_import_id).any():
        return True
    first = cells.iloc[0].str.strip().str.casefold()
    return "V1" in headers and bool((first == "responseid").any())


def _redcap(headers: set[str], cells: pd.DataFrame) -> bool:
    events = any(header.startswith("redcap_") for header in headers)
    states = [header for header in headers if header.endswith("_complete")]
    valid = any(cells[header].str.strip().isin(["0", "1", "2", ""]).all() for header in states)
    labelled = any("(choice=" in header for header in headers) or "Complete?" in headers
    return events or valid or labelled


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
