"""The block `experiments`: outcome, randomised factors, and characteristics that are balanced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.inference.experiment import FEW_VALUES
from coproduction.plan.levels import as_number
from coproduction.plan.names import Names, variable
from coproduction.plan.problems import Problem

BINARY = {"0", "1"}


def problems(plan: Mapping[str, Any], names: Names) -> Iterator[Problem]:
    """Find what is wrong with the planned experiments."""
    for position, planned in enumerate(plan.get("experiments", ())):
        path = ("experiments", position)
        yield from variable((*path, "outcome"), planned["outcome"], names, kinds=["number"])
        yield from as_number((*path, "outcome"), planned["outcome"], names)
        for key in ("factors", "balance"):
            for place, name in enumerate(planned.get(key, ())):
                yield from variable((*path, key, place), name, names, kinds=["number"])
        for place, name in enumerate(planned.get("balance", ())):
            if (
                name in names
                and names[name].unordered
                and len(names[name].codes or ()) > FEW_VALUES
            ):
                message = f"`{name}` has no order and more than {FEW_VALUES} categories; join some."
                yield (*path, "balance", place), message
        for place, name in enumerate(planned["factors"]):
            codes = names[name].codes if name in names else None
            if codes is not None and not set(codes) <= BINARY:
                message = f"`{name}` must be 0 or 1 (its codes: {', '.join(codes)})."
                yield (*path, "factors", place), message
        if len(set(planned["factors"])) < len(planned["factors"]):
            yield (*path, "factors"), "a factor stands twice."
