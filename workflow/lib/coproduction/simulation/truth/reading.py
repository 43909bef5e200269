"""From the checked YAML of a truth file to what is true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from graphlib import CycleError
from typing import Any

import numpy as np

from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import variables_in
from coproduction.simulation.structure.equations import (
    COMMUNITIES,
    Equation,
    causes_of,
    names_in,
)
from coproduction.simulation.structure.system import System, in_order
from coproduction.simulation.truth.content import (
    MECHANISMS,
    STYLES,
    Communities,
    Scales,
    Size,
    Truth,
)
from coproduction.simulation.truth.equation_checks import equation_problems
from coproduction.simulation.truth.link_reading import read_link
from coproduction.simulation.truth.scale_checks import scale_problems
from coproduction.simulation.truth.scales import read_scales
from coproduction.simulation.truth.survey import read_survey
from coproduction.simulation.truth.survey_checks import survey_problems
from coproduction.simulation.truth.variables import (
    Variable,
    constructs,
    facets,
    variables,
)
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import refuse_all

Entry = Mapping[str, Any]
FIXED = ("demographic", "eligibility", "consent", "consent_sensitive", "consent_recontact")
"""Roles of questions whose answers are the same in every wave."""


def read_truth(document: Document, main: Instrument, sheet: Instrument | None = None) -> Truth:
    """Read a truth file.

    Parameters
    ----------
    document
        The file, checked against its schema.
    main, sheet
        Questionnaire of the persons and, if there is one, of the communities.

    Raises
    ------
    StudyError
        Naming everything in the file that does not fit the questionnaires or itself.
    """
    data = document.data
    known = variables(data["equations"], main, sheet)
    found = [
        *equation_problems(data, known, main),
        *scale_problems(data, known, main),
        *survey_problems(data, known, main, sheet),
    ]
    refuse_all((document, each) for each in found)
    scales = read_scales(data, main)
    equations = {name: _equation(name, data, variable) for name, variable in known.items()}
    for name in _unused(data, equations, scales, main):
        del equations[name]
    return Truth(
        document=document,
        communities=_communities(data["communities"]),
        system=_ordered(_system(equations, data, known, main), document),
        scales=scales,
        **read_survey(data, main),
    )


def _communities(entry: Entry) -> Communities:
    return Communities(entry["number"], entry["code"], Size(**entry["residents"]))


def _unused(
    data: Entry, equations: Mapping[str, Equation], scales: Scales, main: Instrument
) -> set[str]:
    """Styles and facets that no part of the file makes use of."""
    system = System(equations, data["conditions"], {}, frozenset(), ((), np.eye(0)))
    named = set().union(*system.parents.values(), names_in(scales.ignorance))
    named |= {name for item in scales.items for name in item.loadings}
    for each in scales.differences:
        named |= variables_in(data["conditions"].get(each.condition, each.condition))
    named |= {name for name in STYLES if _strength(data["styles"][name])}
    return {*STYLES, *facets(main)} - named - set(data["equations"])


def _strength(style: Entry) -> bool:
    return bool(style.get("strength") or style.get("loading") or style.get("items"))


def _equation(name: str, data: Entry, variable: Variable) -> Equation:
    entry = data["equations"].get(name, {})
    link = read_link(entry, variable)
    options = entry.get("ticks", entry.get("categories", {})).get("causes", {})
    single = tuple(causes_of(options.get(str(code), {})) for code in getattr(link, "codes", ()))
    return Equation(
        name=name,
        level=variable.level,
        link=link,
        causes=causes_of(entry.get("causes", {})),
        option_causes=single if any(single) else (),
        reported=causes_of(entry.get("reported", {})),
        community_share=entry.get("community_share", 0.0),
        community_sd=entry.get("community_sd", 0.0),
        slope_sd=causes_of(entry.get("slope_sd", {})),
        skew=entry.get("skew", 0.0),
        stability=entry.get("stability", _stability(name, variable, data["panel"]["stability"])),
    )


def _stability(name: str, variable: Variable, usual: float) -> float:
    """Tell how errors persist from wave to wave where the file does not say."""
    if name in MECHANISMS:
        return 0.0
    role = variable.item.role if variable.item is not None else None
    fixed = role in FIXED or name in STYLES or variable.level == COMMUNITIES
    return 1.0 if fixed else usual


def _system(
    equations: dict[str, Equation], data: Entry, known: Mapping[str, Variable], main: Instrument
) -> System:
    items = {name: known[name].item for name in equations}
    codes = ("select_one", "random", "integer")
    return System(
        equations=equations,
        conditions=data["conditions"],
        limits={
            name: item.limits
            for name, item in items.items()
            if item is not None and item.limits and item.type != "select_multiple"
        },
        whole=frozenset(name for name, item in items.items() if item and item.type in codes),
        correlated=_correlated(data, equations, main),
    )


def _ordered(system: System, document: Document) -> System:
    """Put causes before what they cause.

    Raises
    ------
    StudyError
        If variables cause each other, naming them.
    """
    try:
        order = in_order(system.equations, system.parents)
    except CycleError as error:
        circle = error.args[1]
        shown = " → ".join(f"`{name}`" for name in reversed(circle))
        path = (
            "equations",
            next(
                (name for name in circle if name in document.data.get("equations", {})), circle[0]
            ),
        )
        raise document.error(path, f"variables cause each other: {shown}.") from error
    return replace(system, equations={name: system.equations[name] for name in order})


def _correlated(
    data: Entry, equations: Mapping[str, Equation], main: Instrument
) -> tuple[tuple[str, ...], np.ndarray]:
    """Join the stated correlations with those of constructs that nothing is said of."""
    rule = data["correlations"]
    alone = [
        name
        for name in constructs(main)
        if name not in rule["names"] and not equations[name].causes and rule["others"]
    ]
    names = (*rule["names"], *alone)
    return names, np.linalg.cholesky(correlation_matrix(rule, alone)) if names else np.eye(0)


def correlation_matrix(rule: Entry, alone: list[str]) -> np.ndarray:
    """Correlations of the named variables and, apart from these, of those that stand alone."""
    named = len(rule["names"])
    matrix = np.eye(named + len(alone))
    for row, values in enumerate(rule["values"], start=1):
        matrix[row, : len(values)] = values
    matrix[named:, named:] = np.where(np.eye(len(alone)), 1.0, rule["others"])
    return np.tril(matrix) + np.tril(matrix, -1).T
