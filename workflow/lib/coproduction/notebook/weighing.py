"""The weights of a study, made of what it keeps beside the answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from coproduction.cleaning.clean import Cleaned
from coproduction.cleaning.dispositions import read_contacts, reconcile
from coproduction.cleaning.scoring import with_columns
from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.notebook.files import content
from coproduction.rows import Rows
from coproduction.study import Study
from coproduction.weighting.making import Sources, make_weights
from coproduction.weighting.margins import read_margins
from coproduction.weighting.rules import WEIGHT, sample_rows

MINIMUM = 1
"""Tables of weights are not passed on, so that nothing is hidden in them."""


def weigh(
    cleaned: Cleaned,
    study: Study,
    *,
    contacts: str | Path | None = None,
    communities: pd.DataFrame | None = None,
    margins: str | Path | None = None,
) -> Cleaned:
    """Make the weights that a study asks for, and add them to the table that analyses start from.

    Parameters
    ----------
    cleaned
        What `clean` made of its data.
    study
        The study, whose block `weights` says how they are made.
    contacts
        Its contact log, where weights start from how people were drawn.
    communities
        One row per community with how many were listed, where people were drawn from lists.
    margins
        Its file of the population's margins, where weights are fitted to them.

    Returns
    -------
    Cleaned
        The same, with `survey_weight` and what variances need of how it was made in `scores`.

    Raises
    ------
    StudyError
        If the study asks for no weights, or something that they are made of is missing or cannot
        be used.
    """
    rules, settings = study.weights, study.settings
    if rules is None:
        raise StudyError("The study asks for no weights: its study.yaml has no block `weights`.")
    told = settings.get("cleaning", {}).get("contacts", {})
    log = listed = population = None
    if contacts is not None:
        read = read_contacts(content(contacts), str(contacts), told["dispositions"], rules.of_log)
        log, _ = reconcile(read, cleaned.responses)
    if communities is not None:
        listed = communities.set_index(_key(study.sheet))
    if margins is not None:
        population = read_margins(content(margins), str(margins))
    for value, wanted, name in (
        (log, rules.column is None, "contacts"),
        (listed, bool(rules.frames), "communities"),
        (population, rules.margins is not None, "margins"),
    ):
        if wanted and value is None:
            raise StudyError(f"The weights of the study are made of its `{name}`; give them, too.")
    sources = Sources(cleaned.scores, log, told.get("eligibility"), listed, population)
    made = make_weights(rules, sources, MINIMUM)
    return replace(cleaned, scores=with_columns(cleaned.scores, dict(made.columns)))


def weighed(cleaned: Cleaned, study: Study) -> Rows | None:
    """Say what the rows stand for; None where every respondent counts alike.

    Raises
    ------
    StudyError
        If the study asks for weights that nobody made yet.
    """
    if study.weights is not None and WEIGHT not in cleaned.scores:
        raise StudyError(
            "The study asks for weights, and its cleaned answers have none yet: "
            "`weigh(cleaned, study, …)` makes them."
        )
    return sample_rows(cleaned.scores, study.weights)


def _key(sheet: Instrument | None) -> str:
    """Name the column of the communities' sheets that says which community it is."""
    keys = [] if sheet is None else [item.id for item in sheet.with_role("cluster")]
    if not keys:
        raise StudyError("The study has no sheet of communities that says which one it is of.")
    return keys[0]
