"""Which second interview belongs to which first one, where the answers themselves do not tell."""

from __future__ import annotations

import pandas as pd

from coproduction.errors import StudyError
from coproduction.intake.files.text import read_cells

COLUMNS = ("submission", "first")


def read_links(data: bytes, source: str) -> pd.DataFrame:
    """Read which second interview belongs to which first one.

    Parameters
    ----------
    data, source
        Content and name of a CSV with the columns `submission` (of the second interview) and
        `first` (submission of the first); other columns are ignored.

    Returns
    -------
    pandas.DataFrame
        These columns as text, `submitted_by`, `source_file` and `source_row`.

    Raises
    ------
    StudyError
        If a column is missing, a cell is empty, or a submission stands twice.
    """
    cells = read_cells(data, source).apply(lambda column: column.str.strip())
    for name in COLUMNS:
        if name not in cells:
            raise StudyError(f"{source}: the column `{name}` is missing from the links.")
        if (cells[name] == "").any():
            row = (cells[name] == "").idxmax()
            raise StudyError(f"{source}, row {row}: `{name}` is empty; remove the row or fill it.")
    repeated = cells["submission"].duplicated()
    if repeated.any():
        row = repeated.idxmax()
        raise StudyError(
            f"{source}, row {row}: the submission `{cells.at[row, 'submission']}` stands twice; a "
            "second interview belongs to one first interview only."
        )
    table = cells[list(COLUMNS)].assign(
        submitted_by=cells.get("submitted_by", ""), source_file=source, source_row=cells.index
    )
    return table.reset_index(drop=True)
