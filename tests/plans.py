"""A plan and its blocks made of plain values, defaults filled in, as a study's file is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from coproduction.plan.data.communities import Communities
from coproduction.plan.data.variables import Variable
from coproduction.plan.descriptions import Description
from coproduction.plan.experiments import Experiment
from coproduction.plan.hypotheses.hypotheses import Estimand, FamilyOfTests, Hypothesis
from coproduction.plan.measurement.measurement import (
    GroupComparison,
    ItemSet,
    MeasurementModel,
    MeasurementPlan,
    Rivalry,
)
from coproduction.plan.models.model import Curve, Model
from coproduction.plan.models.moderation import Moderation
from coproduction.plan.plan import Plan, read_plan
from coproduction.plan.reading import read
from coproduction.schemas import schema
from coproduction.yamlfiles.defaults import left_out, with_defaults

Spec = Mapping[str, Any]
Block = TypeVar("Block")


NEEDED = "blocks that must be there"
USUAL = {
    "plan": {"version": "1"},
    "models": {
        **{"id": "m", "outcome": "y", "family": "gaussian"},
        **{"predictors": [], "covariance": "classical"},
    },
    "families": {"method": "holm", "level": 0.05},
    "hypotheses": {
        **{"id": "H1", "family": "all", "model": "m", "direction": "positive"},
        **{"smallest_effect": 1.0, NEEDED: {"estimand": {"kind": "coefficient", "variable": "x"}}},
    },
    "moderation": {"model": "m"},
    "experiments": {"id": "experiment", "outcome": "y"},
    "communities": {"key": "code"},
    "measurement": {
        "models": {"id": "model", "constructs": []},
        "invariance": {"id": "groups", "group": "group", "constructs": []},
        "dimensionality": {"id": "set", "constructs": []},
    },
}
"""What blocks need and a test need not speak of."""


def plan_of(content: Spec) -> Plan:
    """Make a plan of its blocks."""
    written = _with_usual(content, USUAL) | {"plan": USUAL["plan"]}
    filled = with_defaults(written, schema("plan"))
    return read_plan(filled, tuple(left_out(written, filled)))


def _with_usual(given: Any, usual: Any) -> Any:
    """Complete every block that is given, at any depth."""
    if isinstance(given, list | tuple):
        return [_with_usual(each, usual) for each in given]
    if not isinstance(given, Mapping):
        return given
    plain = {key: each for key, each in usual.items() if not isinstance(each, Mapping)}
    plain |= usual.get(NEEDED, {})
    inside = {key: each for key, each in usual.items() if isinstance(each, Mapping)}
    return plain | {key: _with_usual(each, inside.get(key, {})) for key, each in given.items()}


def _block(kind: type[Block], path: Sequence[str | int], spec: Spec) -> Block:
    """Make one block as it is made at its place in a plan."""
    whole: Any = spec
    for key in reversed(path):
        whole = [whole] if key == 0 else {key: whole}
    filled: Any = with_defaults(_with_usual(whole, USUAL), schema("plan"))
    for key in path:
        filled = filled[key]
    return read(kind, filled)


def model_of(spec: Spec) -> Model:
    return _block(Model, ("models", 0), spec)


def estimand_of(spec: Spec) -> Estimand:
    return _block(Estimand, ("hypotheses", 0, "estimand"), spec)


def hypotheses_of(specs: Sequence[Spec]) -> list[Hypothesis]:
    return [_block(Hypothesis, ("hypotheses", 0), spec) for spec in specs]


def families_of(specs: Sequence[Spec]) -> list[FamilyOfTests]:
    return [_block(FamilyOfTests, ("families", 0), spec) for spec in specs]


def variables_of(specs: Sequence[Spec]) -> list[Variable]:
    return [_block(Variable, ("variables", 0), spec) for spec in specs]


def experiments_of(specs: Sequence[Spec]) -> list[Experiment]:
    return [experiment_of(spec) for spec in specs]


def experiment_of(spec: Spec) -> Experiment:
    return _block(Experiment, ("experiments", 0), spec)


def description_of(spec: Spec) -> Description:
    return _block(Description, ("descriptions", 0), spec)


def moderation_of(spec: Spec) -> Moderation:
    return _block(Moderation, ("moderation", 0), spec)


def curve_of(spec: Spec) -> Curve:
    return _block(Curve, ("models", 0, "curves", 0), spec)


def communities_of(spec: Spec) -> Communities:
    return _block(Communities, ("communities",), spec)


def measurement_of(spec: Spec) -> MeasurementPlan:
    return _block(MeasurementPlan, ("measurement",), spec)


def measurement_model_of(spec: Spec) -> MeasurementModel:
    return _block(MeasurementModel, ("measurement", "models", 0), spec)


def rivalries_of(specs: Sequence[Spec]) -> list[Rivalry]:
    return [_block(Rivalry, ("measurement", "comparisons", 0), spec) for spec in specs]


def group_comparison_of(spec: Spec) -> GroupComparison:
    return _block(GroupComparison, ("measurement", "invariance", 0), spec)


def item_set_of(spec: Spec) -> ItemSet:
    return _block(ItemSet, ("measurement", "dimensionality", 0), spec)
