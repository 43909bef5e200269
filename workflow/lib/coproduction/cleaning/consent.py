"""What a respondent did not agree to is not used."""

from __future__ import annotations

import pandas as pd

from coproduction.cleaning.answers import is_answer
from coproduction.cleaning.findings import finding, join
from coproduction.instrument.definition import Instrument
from coproduction.intake.confidential import agreed


def withhold_sensitive(
    responses: pd.DataFrame, instrument: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Blank sensitive items of rows that did not give the sensitive-data consent.

    Returns
    -------
    responses, findings
        The table without these answers, and one finding for each; the finding does not repeat the
        answer.
    """
    consents = instrument.with_role("consent_sensitive")
    if not consents:
        return responses, join([])
    responses = responses.copy(deep=False)
    refused = ~agreed(responses, consents)
    parts = []
    for item in instrument.questions:
        if not item.sensitive:
            continue
        withheld = refused & is_answer(responses[item.id], instrument.missing_values)
        parts.append(
            finding(
                responses,
                withheld,
                "sensitive_without_consent",
                item=item.id,
                expected="the sensitive-data consent",
                action="set_missing",
            )
        )
        responses[item.id] = responses[item.id].mask(withheld)
    return responses, join(parts)
