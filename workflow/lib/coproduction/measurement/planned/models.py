"""Measurement models as the plan declares them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.plan.measurement.measurement import MeasurementModel
from coproduction.plan.measurement.names import DEFAULT

CONTINUOUS: Final = "FIML"
METHOD = "acquiescence"
GENERAL = "general"


@dataclass(frozen=True)
class PlannedModel:
    """One measurement model of the plan.

    Attributes
    ----------
    id
        Its name.
    estimator
        How it is fitted: `ML`, `MLR`, `FIML` or `WLSMV`.
    specification
        Factors and the items below them, as `confirmatory` reads them.
    items
        Its items in the order of the constructs, which models of the same constructs share. They
        enter reverse-keyed.
    constructs
        Factors that stand for one whole construct each.
    """

    id: str
    estimator: str
    specification: Mapping[str, Any]
    items: tuple[str, ...]
    constructs: tuple[str, ...]


def planned_model(
    entry: MeasurementModel, instrument: Instrument, continuous: Collection[str] = ()
) -> PlannedModel:
    """Turn a measurement model of the plan into what can be fitted.

    Each construct is a factor, unless `one_factor` joins all of them, `merge` joins some, or
    `second_order` puts a construct's facets between it and its items. `acquiescence` adds a method
    factor behind every answer as given: reversed items, which enter keyed, load on it with −1.
    Without `estimator` it is WLSMV, or FIML if any item is continuous.
    """
    scales = {name: [i.id for i in instrument.scale(name)] for name in entry.constructs}
    factors = _merged(scales, [tuple(scales)] if entry.one_factor else entry.merge)
    second = {name: _facets(name, instrument) for name in entry.second_order}
    for name, facets in second.items():
        factors.pop(name)
        factors |= facets
    items = tuple(item for names in scales.values() for item in names)
    specification: dict[str, Any] = {"factors": factors, "order": items}
    if second:
        specification["second_order"] = {name: list(facets) for name, facets in second.items()}
    if entry.acquiescence:
        specification["method"] = {METHOD: list(items)}
        specification["fixed"] = {
            f"{METHOD} =~ {item.id}": -1.0
            for name in scales
            for item in instrument.scale(name)
            if item.reverse
        }
    return PlannedModel(
        entry.id,
        entry.estimator or (DEFAULT if set(items).isdisjoint(continuous) else CONTINUOUS),
        specification,
        items,
        tuple(name for name in factors if name in scales),
    )


def model_items(
    scores: pd.DataFrame, instrument: Instrument, constructs: Sequence[str], keyed: bool
) -> pd.DataFrame:
    """Take the items of some constructs from the analysis table, under their identifiers.

    Reversed items are keyed under `<id>_r` there; with `keyed` they are taken from it.
    """
    items = [item for name in constructs for item in instrument.scale(name)]
    columns = [f"{item.id}_r" if keyed and item.reverse else item.id for item in items]
    return scores[columns].set_axis([item.id for item in items], axis=1).astype("float64")


def _merged(
    scales: Mapping[str, list[str]], groups: Sequence[Sequence[str]]
) -> dict[str, list[str]]:
    owner = {name: _joint_name(group, len(scales)) for group in groups for name in group}
    factors: dict[str, list[str]] = {}
    for name, items in scales.items():
        factors.setdefault(owner.get(name, name), []).extend(items)
    return factors


def _joint_name(group: Sequence[str], everything: int) -> str:
    return GENERAL if len(group) == everything else "_".join(group)


def _facets(construct: str, instrument: Instrument) -> dict[str, list[str]]:
    facets: dict[str, list[str]] = {}
    for item in instrument.scale(construct):
        facets.setdefault(f"{construct}_{item.facet}", []).append(item.id)
    return facets
