"""The analysis plan checked against the questionnaires and against itself, before any data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coproduction.instrument.definition import Instrument
from coproduction.plan import (
    communities,
    descriptions,
    diagram,
    experiments,
    hypotheses,
    measurement,
    models,
    moderation,
    rules,
    variables,
)
from coproduction.plan.names import COMMUNITIES, RESPONDENTS, Name, instrument_names
from coproduction.plan.problems import Problem


def plan_problems(
    plan: Mapping[str, Any], main: Instrument, others: Sequence[Instrument] = ()
) -> Iterator[Problem]:
    """Find everything in a plan that names what does not exist, or breaks its own rules.

    Parameters
    ----------
    plan
        The plan.
    main
        The questionnaire that is analysed.
    others
        Further questionnaires of the study, such as the sheets of communities.
    """
    # Without the block `communities` no sheet is joined, and its items are nowhere.
    sheets = others if "communities" in plan else ()
    names = instrument_names(main, sheets)
    yield from measurement.problems(plan.get("measurement", {}), main)
    for position, planned in enumerate(plan.get("variables", ())):
        yield from variables.problems(("variables", position), planned, names)
        names.setdefault(planned["id"], variables.derived(planned, names))
    yield from communities.problems(plan, names, main, sheets)
    if "communities" in plan:
        names |= communities.summaries(plan, names)
        names[RESPONDENTS] = Name("number", level=COMMUNITIES)
    for position, model in enumerate(plan.get("models", ())):
        yield from models.problems(("models", position), model, names, plan)
    yield from rules.apart(plan, names)
    yield from rules.populations(plan)
    yield from rules.specifications(plan)
    yield from hypotheses.problems(plan, names)
    yield from moderation.problems(plan, names)
    yield from experiments.problems(plan, names)
    yield from descriptions.problems(plan, names)
    yield from diagram.problems(plan, names)
