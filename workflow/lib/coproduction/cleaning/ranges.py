"""Values outside the limits that the questionnaire sets."""

from __future__ import annotations

import pandas as pd

from coproduction.cleaning.findings import finding, join
from coproduction.instrument.definition import Instrument
from coproduction.instrument.pattern import misses


def remove_impossible(
    responses: pd.DataFrame, instrument: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Blank numbers outside their range, texts against their pattern, exclusive ticks with others.

    Returns
    -------
    responses, findings
        The table without these values, and one finding for each.
    """
    responses = responses.copy(deep=False)
    parts = []
    for item in instrument.questions:
        column = responses[item.id]
        if item.type in ("integer", "decimal") and item.minimum is not None:
            number = column.mask(column.isin(list(instrument.missing_values)))
            wrong = ((number < item.minimum) | (number > item.maximum)).fillna(False)
            code, expected = "out_of_range", f"{item.minimum:.15g} to {item.maximum:.15g}"
        elif item.type == "text" and item.pattern:
            wrong = misses(column, item.pattern, instrument.missing_values)
            code, expected = "pattern_mismatch", item.pattern
        elif item.type == "select_multiple" and any(o.exclusive for o in item.options):
            alone = {str(option.value) for option in item.options if option.exclusive}
            ticked = column.str.split(" ")
            wrong = ticked.map(
                lambda codes, alone=alone: len(codes) > 1 and bool(alone & set(codes)),
                na_action="ignore",
            )
            wrong = wrong.astype("boolean").fillna(False)
            code, expected = "exclusive_with_others", "one exclusive answer, or others"
        else:
            continue
        wrong = wrong.astype(bool)
        parts.append(
            finding(
                responses,
                wrong,
                code,
                item=item.id,
                found=column,
                expected=expected,
                action="set_missing",
            )
        )
        responses[item.id] = column.mask(wrong)
    return responses, join(parts)
