"""Margins of the population, from a file in the study's folder."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.files.text import read_cells
from coproduction.weighting.calibration import Margin

COLUMNS = ("item", "value", "population", "source")


def read_margins(data: bytes, source: str) -> pd.DataFrame:
    """Read how many of the population gave, or would give, each answer to some items.

    Parameters
    ----------
    data, source
        Content and name of a CSV with the columns `item`, `value` (the code of an answer, or
        several that are one category, with blanks between them), `population` (people, or shares)
        and `source` (where the number is from); `submitted_by` where a simulator made it.

    Returns
    -------
    pandas.DataFrame
        `item, value, population, source, submitted_by, source_file, source_row`.

    Raises
    ------
    StudyError
        If a column is missing, a number is none or below 0, a source is not named, or an answer is
        in two categories.
    """
    cells = read_cells(data, source).apply(lambda column: column.str.strip())
    for name in COLUMNS:
        if name not in cells:
            raise StudyError(f"{source}: the column `{name}` is missing from the margins.")
    numbers = pd.to_numeric(cells["population"], errors="coerce")
    _check(~(numbers >= 0) | np.isinf(numbers), cells["population"], source, "no number from 0 on")
    for name in ("item", "value", "source"):
        _check(cells[name] == "", cells[name], source, f"no {name}; every margin names one")
    each = cells["value"].str.split()
    pairs = pd.DataFrame({"item": cells["item"], "code": each}).explode("code")
    repeated = pairs[pairs.duplicated()]
    if len(repeated):
        row, code = repeated.index[0], repeated["code"].iloc[0]
        raise StudyError(
            f"{source}, row {row}: the answer {code} to `{cells.at[row, 'item']}` stands in two "
            "categories; an answer is in one."
        )
    table = cells[list(COLUMNS)].assign(
        population=numbers,
        submitted_by=cells.get("submitted_by", ""),
        source_file=source,
        source_row=cells.index,
    )
    return table.reset_index(drop=True)


def simulated_margins(margins: pd.DataFrame) -> pd.DataFrame:
    """Make margins, as `read_margins` gives them, of what a simulator counts in a population.

    Parameters
    ----------
    margins
        `item, value, share, submitted_by`.
    """
    return pd.DataFrame(
        {
            "item": margins["item"],
            "value": margins["value"].map(code_text),
            "population": margins["share"],
            "source": margins["submitted_by"],
            "submitted_by": margins["submitted_by"],
            "source_file": "margins",
            "source_row": range(1, len(margins) + 1),
        }
    )


def _check(wrong: pd.Series, column: pd.Series, source: str, what: str) -> None:
    if wrong.any():
        row = wrong.idxmax()
        raise StudyError(f"{source}, row {row}: `{column[row]}` is {what}.")


def check_not_sensitive(population: pd.DataFrame, instrument: Instrument) -> None:
    """Refuse margins of sensitive items, whose answers are held apart from the analysis table.

    Raises
    ------
    StudyError
        With the row of the first.
    """
    for row in population.itertuples():
        item = instrument.by_id.get(str(row.item))
        if item is not None and item.sensitive:
            raise StudyError(
                f"{row.source_file}, row {row.source_row}: `{row.item}` is sensitive, and weights "
                "would tell of its answers; leave this margin out."
            )


def margins_of(table: pd.DataFrame, population: pd.DataFrame) -> list[Margin]:
    """Find everybody's category of each margin.

    Parameters
    ----------
    table
        Analysis table: items as numbers, NaN where there is no answer.
    population
        From `read_margins`.

    Raises
    ------
    StudyError
        If the table has no such item, somebody gave an answer of no category, or a margin has
        nobody.
    """
    found = []
    for name, rows in population.groupby("item", sort=False):
        place = f"{rows['source_file'].iloc[0]}, row {rows['source_row'].iloc[0]}"
        if name not in table or not pd.api.types.is_numeric_dtype(table[name]):
            raise StudyError(f"{place}: `{name}` is no item with one answer that is analysed.")
        if not rows["population"].sum() > 0:
            raise StudyError(f"{place}: all numbers of the margin `{name}` are 0.")
        categories = tuple(rows["value"])
        code_of: Mapping[str, int] = {
            code: number for number, value in enumerate(categories) for code in value.split()
        }
        answers = table[name].map(code_text, na_action="ignore")
        codes = answers.map(code_of)
        strange = answers.notna() & codes.isna()
        if strange.any():
            raise StudyError(
                f"{place}: respondents answered {answers[strange].iloc[0]} to `{name}`, which is "
                "in no category of this margin. Add it to a category, with how many of the "
                "population are in it."
            )
        counts = rows["population"].to_numpy(float)
        places = codes.fillna(-1).to_numpy(np.int64)
        found.append(Margin(str(name), categories, counts, places))
    return found


def population_size(margins: list[Margin], otherwise: float) -> float:
    """Give the size of the population: what the margins agree on, if they count people.

    Raises
    ------
    StudyError
        If margins count different populations.
    """
    sizes = [float(each.population.sum()) for each in margins]
    counted = [size for size in sizes if abs(size - 1) > SHARES and abs(size - 100) > SHARES]
    if not counted:
        return otherwise
    if max(counted) > (1 + DIFFERENT) * min(counted):
        names = [each.name for each in margins]
        raise StudyError(
            f"The margins {', '.join(names)} are those of populations of different sizes "
            f"({min(counted):,.0f} to {max(counted):,.0f}); state margins of one population, or "
            "shares."
        )
    return counted[0]


SHARES, DIFFERENT = 0.01, 0.01
