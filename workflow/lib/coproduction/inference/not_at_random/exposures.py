"""What is the exposure of a hypothesis: a direction among the rows, and items of a person."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.instrument.definition import Instrument
from coproduction.plan.hypotheses.hypotheses import Estimand, Hypothesis
from coproduction.plan.models.models import Model
from coproduction.plan.options import DIFFERENCE
from coproduction.plan.plan import Plan


def along(estimand: Estimand, matrix: pd.DataFrame, model: str) -> np.ndarray:
    """Give each row's place along the exposure, in standard deviations from the mean (n,).

    The exposure of a product or cross-partial is the product, that of a difference the difference
    of both terms.

    Parameters
    ----------
    estimand
        What the hypothesis is about.
    matrix
        Terms of the model (n × k).
    model
        Its name, for the refusal.

    Raises
    ------
    Refusal
        If the model does not have the term.
    """
    if estimand.kind == DIFFERENCE:
        one, other = estimand.variables
        values = _column(one, matrix, model) - _column(other, matrix, model)
    else:
        values = _column(estimand.term, matrix, model)
    return standardised(values)


def standardised(values: np.ndarray) -> np.ndarray:
    """Give deviations from the mean in standard deviations, N − 1 (n,)."""
    return (values - values.mean()) / values.std(ddof=1)


def items_of_exposure(
    hypothesis: Hypothesis, model: Model, instrument: Instrument
) -> dict[str, int]:
    """Find the items of the exposure: 1 where a higher answer means more of it, −1 where less.

    Items of the second term of a difference are moved the other way.

    Parameters
    ----------
    hypothesis, model
        The hypothesis and its model.
    instrument
        The questionnaire.

    Raises
    ------
    Refusal
        If a term is neither a construct or its score nor a single item with an order.
    """
    found: dict[str, int] = {}
    for place, term in enumerate(hypothesis.estimand.names):
        turned = -1 if place and hypothesis.estimand.kind == DIFFERENCE else 1
        owner = next((each for each in model.entries if term in each.terms), None)
        name = term if owner is None else owner.name
        if name in instrument.constructs and instrument.scale(name):
            for item in instrument.scale(name):
                found[item.id] = -turned if item.reverse else turned
        elif owner is not None and not owner.categorical and _ordered(name, instrument):
            found[name] = turned
        else:
            raise Refusal("shift_of_no_scale", model=model.id, name=name)
    return found


def origins(plan: Plan, instrument: Instrument) -> dict[str, set[str]]:
    """Items that scores, derived variables and summaries come from; an item has no entry."""
    return plan.origins(instrument.scale_items)


def _column(term: str, matrix: pd.DataFrame, model: str) -> np.ndarray:
    for name in (term, ":".join(reversed(term.split(":")))):
        if name in matrix:
            return matrix[name].to_numpy(float)
    raise Refusal("shift_along_no_term", model=model, term=term)


def _ordered(name: str, instrument: Instrument) -> bool:
    item = instrument.by_id.get(name)
    if item is None or item.type not in ("select_one", "integer", "decimal"):
        return False
    return item.response_set is None or item.response_set.level != "nominal"
