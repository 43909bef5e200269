"""The block `planning` of a study: designs, what they cost, and what is assumed of the answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coproduction.yamlfiles.problems import Path, Problem, unknown

BLOCK: Path = ("planning",)


@dataclass(frozen=True, kw_only=True)
class Design:
    """A survey that could be made.

    Attributes
    ----------
    id, label
        Its name, and what it is called by language.
    communities
        How many of them.
    drawn
        Persons drawn in each community, by frame.
    response_rate
        Share of those drawn who answer.
    item_nonresponse, careless
        Share of answers left blank, and of careless respondents; None for those of the truth.
    intraclass_correlations
        Share of the variance between communities, by variable of the truth.
    """

    id: str
    label: Mapping[str, str]
    communities: int
    drawn: Mapping[str, float]
    response_rate: float
    item_nonresponse: float | None = None
    careless: float | None = None
    intraclass_correlations: Mapping[str, float]

    @property
    def contacts(self) -> float:
        """Persons drawn in all communities."""
        return self.communities * sum(self.drawn.values())

    @property
    def respondents(self) -> float:
        """Persons who are expected to answer."""
        return self.contacts * self.response_rate


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What a survey costs: once, a community, a person drawn, and an interview."""

    fixed: float
    community: float
    contact: float
    interview: float

    def of(self, design: Design) -> float:
        """Cost of a design."""
        return (
            self.fixed
            + self.community * design.communities
            + self.contact * design.contacts
            + self.interview * design.respondents
        )


@dataclass(frozen=True, kw_only=True)
class Assumed:
    """What the formula assumes of the estimate of a hypothesis.

    Attributes
    ----------
    outcome_sd, predictor_sd
        Standard deviations, of a 0/1 variable the root of p(1 - p).
    outcome_explained, predictor_explained
        Shares of their variance that all predictors, and the other predictors, explain.
    outcome_icc, predictor_icc
        Shares of these variances between communities; 1 of a predictor of communities, 0 of one
        that is centred within them.
    reliability
        Of the predictor, where the effect is per standard deviation of its construct.
    kept
        Share of respondents that are in the model.
    size_variation
        Coefficient of variation of the respondents of a community.
    weighting
        Design effect of unequal weights.
    """

    outcome_sd: float
    predictor_sd: float
    outcome_explained: float
    predictor_explained: float
    outcome_icc: float
    predictor_icc: float
    reliability: float
    kept: float
    size_variation: float
    weighting: float


@dataclass(frozen=True, kw_only=True)
class Planning:
    """The block.

    Attributes
    ----------
    scenario
        Scenario that designs change; None for the study's truth.
    power
        Share of studies that are to reach an expected verdict.
    budget
        Most that a survey may cost; None without limit.
    currency
        What costs are counted in.
    costs
        What a survey costs.
    hypotheses
        Verdicts that are expected, by hypothesis.
    assumed
        What the formula assumes, by hypothesis.
    designs
        The designs, in their order.
    """

    scenario: str | None
    power: float
    budget: float | None
    currency: str
    costs: Costs
    hypotheses: Mapping[str, tuple[str, ...]]
    assumed: Mapping[str, Assumed]
    designs: tuple[Design, ...]


def read_planning(block: Mapping[str, Any]) -> Planning:
    """Read the block as the schema has checked it."""
    return Planning(
        scenario=block.get("scenario"),
        power=block["power"],
        budget=block.get("budget"),
        currency=block["currency"],
        costs=Costs(**block["costs"]),
        hypotheses={name: tuple(each) for name, each in block["hypotheses"].items()},
        assumed={name: Assumed(**each) for name, each in block["assumed"].items()},
        designs=tuple(Design(**each) for each in block["designs"]),
    )


def planning_problems(
    block: Mapping[str, Any] | None, hypotheses: Collection[str], languages: Collection[str]
) -> Iterator[Problem]:
    """Find everything in the block that the plan does not know.

    Parameters
    ----------
    block
        The block; None where the study has none.
    hypotheses
        Hypotheses of the plan.
    languages
        Languages of the report.
    """
    if block is None:
        return
    for key in ("hypotheses", "assumed"):
        for name in block[key]:
            if name not in hypotheses:
                what = f"the plan has no hypothesis `{name}` about a model"
                yield (*BLOCK, key, name), unknown(name, list(hypotheses), what)
    seen: set[str] = set()
    for position, design in enumerate(block["designs"]):
        path = (*BLOCK, "designs", position)
        if design["id"] in seen:
            yield (*path, "id"), f"`{design['id']}` is another design's; give each its own."
        seen.add(design["id"])
        for language in languages:
            if language not in design["label"]:
                yield (*path, "label"), f"has no wording in `{language}`."
