"""Was it what was expected? Claims, their verdicts, and what a causal diagram leaves open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from coproduction.errors import StudyError
from coproduction.inference.causal.open_paths import open_path
from coproduction.inference.effects import estimands
from coproduction.inference.model.regression import Fit
from coproduction.inference.verdicts import verdicts as judged
from coproduction.notebook.blocks import planned
from coproduction.notebook.modelling import estimand
from coproduction.notebook.tables import Table, worded
from coproduction.notebook.usual import COMPARISON
from coproduction.numerics.graph import Edge, Graph, cycle
from coproduction.plan.hypotheses.hypotheses import Estimand, FamilyOfTests, Hypothesis
from coproduction.plan.options import Comparison, Correction, Direction

TESTS = "claims"


@dataclass(frozen=True)
class Claim:
    """What is expected of an estimate of a fitted model; see `claim`."""

    model: Fit
    estimand: Estimand
    direction: Direction
    smallest_effect: float
    comparison: Comparison


def claim(
    model: Fit,
    term: str,
    direction: Direction,
    smallest_effect: float,
    *,
    at: Mapping[str, float] | None = None,
    category: float | None = None,
    comparison: Comparison = COMPARISON,
) -> Claim:
    """State what is expected of an effect, before `verdicts` judges it.

    Parameters
    ----------
    model
        The fitted model that tests it.
    term, at, category
        The effect, as in `effects`.
    direction
        Predicted sign: `positive` or `negative`.
    smallest_effect
        Smallest effect of interest, positive, on the outcome's scale.
    comparison
        `superiority` over zero, or `non_inferiority`: not worse than the smallest effect in the
        other direction.
    """
    return Claim(model, estimand(term, at, category), direction, smallest_effect, comparison)


def verdicts(method: Correction = "holm", level: float = 0.05, **claims: Claim) -> Table:
    """Judge claims as one family of tests.

    Parameters
    ----------
    method
        Correction for multiple tests: `holm`, `bh` or `none`.
    level
        Level of the corrected tests.
    claims
        The claims by name, such as `H1=cp.claim(...)`.

    Returns
    -------
    Table
        One row per claim: estimate, corrected p value, the 90 % interval of equivalence, the power
        for the smallest effect of interest and the verdict (the README explains each).
    """
    hypotheses = [_hypothesis(name, each) for name, each in claims.items()]
    family = planned(FamilyOfTests, "families", {"id": TESTS, "method": method, "level": level})
    estimates = {name: estimands.row(each.model, each.estimand) for name, each in claims.items()}
    found = judged(estimates, hypotheses, [family])
    shown = ("hypothesis", "term", "estimate", "conf_low", "conf_high", "p_adjusted", "verdict")
    return worded(f"Claims: {len(claims)}, tested at {level:g} ({method})", found, *shown)


def _hypothesis(name: str, claim: Claim) -> Hypothesis:
    said = {
        "id": name,
        "family": TESTS,
        "model": claim.model.design.model,
        "estimand": asdict(claim.estimand),
        "direction": claim.direction,
        "comparison": claim.comparison,
        "smallest_effect": claim.smallest_effect,
    }
    return planned(Hypothesis, "hypotheses", said)


def back_door(
    arrows: Sequence[Edge], exposure: str, outcome: str, adjusted: Collection[str] = ()
) -> str:
    """Find a back-door path that a causal diagram leaves open.

    Parameters
    ----------
    arrows
        Pairs of cause and effect.
    exposure, outcome
        Two of the variables.
    adjusted
        Variables that are adjusted for.

    Returns
    -------
    str
        A shortest path through which exposure and outcome are associated without one causing the
        other; empty if there is none.

    Raises
    ------
    StudyError
        If the arrows lead in a circle or a variable is not in the diagram.
    """
    nodes = tuple(dict.fromkeys(node for arrow in arrows for node in arrow))
    _check_drawn(arrows, [exposure, outcome, *adjusted], nodes)
    graph = Graph(nodes, tuple((cause, effect) for cause, effect in arrows))
    return " ".join(open_path(graph, exposure, outcome, adjusted, back_door=True))


def _check_drawn(arrows: Sequence[Edge], named: Sequence[str], nodes: Sequence[str]) -> None:
    if circle := cycle(arrows):
        raise StudyError(f"The arrows lead in a circle: {' → '.join(circle)}.")
    if unknown := [each for each in named if each not in nodes]:
        raise StudyError(f"`{unknown[0]}` is not in the diagram; there are: {', '.join(nodes)}.")
