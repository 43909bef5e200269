"""Which platform wrote an export, from what only it writes."""

from __future__ import annotations

from collections.abc import Mapping

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.files.tabular import read_cells
from coproduction.intake.platform import Platform
from coproduction.intake.platforms import PLATFORMS, plain
from coproduction.intake.recognition import named

# Rows that tell the platform: its further header rows and some answers.
HEAD = 100


def detect(
    data: bytes,
    instrument: Instrument,
    source: str,
    platforms: Mapping[str, Platform] = PLATFORMS,
) -> Platform:
    """Find the platform of an export; the one of plain tables if none left a mark.

    Parameters
    ----------
    data, source
        Content and name of the file.
    instrument
        The questionnaire.
    platforms
        The platforms that may have written it, by name.

    Raises
    ------
    StudyError
        If the file cannot be read at all, or bears the marks of two platforms.
    """
    for platform in platforms.values():
        if platform.owns is not None and platform.owns(data, source):
            return platform
    cells = read_cells(data, source, limit=HEAD)
    items = named(instrument)
    headers = {header for header in cells.columns if header not in items}
    found = [each for each in platforms.values() if each.marks and each.marks(headers, cells)]
    if len(found) > 1:
        raise StudyError(
            f"{source} looks like an export of {' and of '.join(each.name for each in found)}: "
            "name the `platform` in study.yaml."
        )
    return found[0] if found else plain.PLATFORM
