"""SPSS and Stata files: variable labels, value labels and declared missing values are kept."""

from __future__ import annotations

from coproduction.intake.files.readstat import read_variables
from coproduction.intake.platforms import spss_stata
from coproduction.start.source import Column, Source
from coproduction.start.sources.tables import answers_of


def read_statistics(data: bytes, source: str) -> Source:
    """Read the variables of an SPSS or Stata file.

    Parameters
    ----------
    data, source
        Content and name of the file.

    Raises
    ------
    StudyError
        If the file is damaged.
    """
    variables = read_variables(data, source)
    columns = [
        Column(
            header,
            variables.wordings.get(header, ""),
            cells,
            variables.labels.get(header, {}),
            variables.missing.get(header, ()),
        )
        for header, cells in variables.cells.items()
    ]
    own = spss_stata.FIELDS["submission"]
    return Source(answers_of(columns, own), spss_stata.PLATFORM.name)
