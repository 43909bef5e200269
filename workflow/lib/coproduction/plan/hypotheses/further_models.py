"""The key `checks` of a hypothesis: further models that a supported hypothesis has to pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coproduction.plan.options import Check, Per


@dataclass(frozen=True)
class FurtherModel:
    """A model that is asked for a hypothesis's estimand; what is left out is as it is there.

    Only `per` is not: one model may hold a construct where the other has its score.

    Attributes
    ----------
    model
        Its name.
    variable, variables
        Its term, or its two terms, where they have other names than in the hypothesis's model.
    per
        Whose standard deviation is a unit, where this model's terms are of a construct.
    smallest_effect
        Smallest effect of interest on the scale of this model.
    """

    model: str
    variable: str | None = None
    variables: tuple[str, ...] = ()
    per: Per | None = None
    smallest_effect: float | None = None


@dataclass(frozen=True, kw_only=True)
class FurtherModels:
    """Further models of a hypothesis; None of what is not checked.

    Attributes
    ----------
    agreement
        The model that holds how much a person agrees with whatever is asked.
    others
        The model of what the others of a person's cluster answered.
    """

    agreement: FurtherModel | None = None
    others: FurtherModel | None = None

    @property
    def planned(self) -> Mapping[Check, FurtherModel]:
        """Those that are planned."""
        found: dict[Check, FurtherModel | None] = {
            "agreement": self.agreement,
            "others": self.others,
        }
        return {check: model for check, model in found.items() if model is not None}
