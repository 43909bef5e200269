"""A design is a scenario with other sample sizes: what it changes of a truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import pi, sqrt
from typing import Any

from coproduction.planning.settings import BLOCK, Design, Planning
from coproduction.scenarios.merging import merged
from coproduction.scenarios.reading import Scenario
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Problem, unknown

LOGISTIC_VARIANCE = pi**2 / 3


def scenario_of(design: Design, base: Scenario | None, truth: Mapping[str, Any]) -> Scenario:
    """Make the scenario that a design is.

    Parameters
    ----------
    design
        The design.
    base
        Scenario that it changes; None for the study's truth.
    truth
        The study's truth, as written.
    """
    content = {"truth": changes(design, truth_of(base, truth))}
    own = Document(content, content, f"planning.designs {design.id}", {}, {})
    return Scenario(
        name=design.id,
        label=design.label,
        why=design.label,
        changes=(*(base.changes if base else ()), own),
        verdicts={},
        limits={},
    )


def truth_of(base: Scenario | None, truth: Mapping[str, Any]) -> Mapping[str, Any]:
    """Lay a scenario over the study's truth."""
    for document in base.changes if base else ():
        truth = merged(truth, document.data["truth"])
    return truth


def changes(design: Design, truth: Mapping[str, Any]) -> dict[str, Any]:
    """Say what a design changes of a truth, under the keys of `truth.yaml`."""
    equations: dict[str, Any] = {"responds": {"logit": {"rate": design.response_rate}}}
    if design.careless is not None:
        equations["careless"] = {"logit": {"rate": design.careless}}
    for name, icc in design.intraclass_correlations.items():
        equations[name] = _share(icc, truth["equations"][name])
    frames = {frame: {"drawn": {"mean": mean}} for frame, mean in design.drawn.items()}
    changed = {
        "communities": {"number": design.communities},
        "equations": equations,
        "sample": {"frames": frames},
    }
    if design.item_nonresponse is not None:
        changed["nonresponse"] = {"blank": design.item_nonresponse}
    return changed


def _share(icc: float, equation: Mapping[str, Any]) -> dict[str, float]:
    """Put a share of variance between communities in the terms of an equation.

    Of a logit it is that of the latent variable, whose residual variance is π²/3 (Snijders and
    Bosker 2012, *Multilevel Analysis*, section 17.3.2).
    """
    if "logit" in equation:
        return {"community_sd": sqrt(LOGISTIC_VARIANCE * icc / (1 - icc))}
    return {"community_share": icc}


def design_problems(
    planning: Planning, scenarios: Mapping[str, Scenario], truth: Mapping[str, Any]
) -> Iterator[Problem]:
    """Find everything in the designs that the study's truth does not know.

    Parameters
    ----------
    planning
        The block.
    scenarios
        Scenarios of the study, by name.
    truth
        The study's truth, as written.
    """
    if planning.scenario is not None and planning.scenario not in scenarios:
        what = f"there is no scenario `{planning.scenario}`"
        yield (*BLOCK, "scenario"), unknown(planning.scenario, sorted(scenarios), what)
        return
    known = truth_of(scenarios[planning.scenario] if planning.scenario else None, truth)
    frames = known.get("sample", {}).get("frames", {})
    movable = {
        name: each
        for name, each in known.get("equations", {}).items()
        if each.get("level") != "communities"
        and ("logit" in each or "normal" in each or not set(each) - {"causes", "community_share"})
    }
    for position, design in enumerate(planning.designs):
        path = (*BLOCK, "designs", position)
        for frame in design.drawn:
            if frame not in frames:
                what = f"the truth draws from no frame `{frame}`"
                yield (*path, "drawn", frame), unknown(frame, list(frames), what)
        for name in design.intraclass_correlations:
            if name not in movable:
                what = f"`{name}` is no variable of persons of the truth, normal or 0/1"
                yield (
                    (*path, "intraclass_correlations", name),
                    unknown(name, list(movable), what),
                )
