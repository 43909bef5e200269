"""What it means to move a term of a model: which variables of the truth get which values.

A numeric term moves by one, half of it below and half above what is true of each person: by one
standard deviation where the model divides by it. A term of two values is set to either. What a
score or an item measures moves, not the answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.plan.models.model import Model
from coproduction.plan.vocabulary.predictors import MEAN, OTHERS, Predictor
from coproduction.simulation.estimands.careful import Careful
from coproduction.simulation.structure.equations import COMMUNITIES, PERSONS

Setting = Mapping[str, np.ndarray]
"""Values that variables are given, by name."""


class Unresolved(Exception):
    """A term that no variable of the truth stands for."""


@dataclass(frozen=True)
class Exposure:
    """A term that can be moved.

    Attributes
    ----------
    term
        Its name.
    low, high
        What variables are given at its lower and upper value.
    middle
        The same between both; of two values what is true.
    unit
        Distance between the two values, in units of the term.
    ruler
        Standard deviations of what is measured for one of its careful score; 1 if nothing is.
    part
        Whose value moves: a person's own (`within` or empty), all of the community (`mean`), or
        all others (`others`).
    """

    term: str
    low: Setting
    high: Setting
    middle: Setting
    ruler: float = 1.0
    part: str = ""


def exposure(term: str, model: Model, base: Careful, rows: np.ndarray) -> Exposure:
    """Resolve a term of a model.

    Parameters
    ----------
    term
        Its name, such as `mi_within`, `x1pay` or `member[2]`.
    model
        The model.
    base
        Careful answers of everyone when nothing is done.
    rows
        Whom the model is about (n,).

    Raises
    ------
    Unresolved
        If no variable of the truth stands for it.
    """
    for entry in model.entries:
        if entry.categorical and term.startswith(f"{entry.name}["):
            return _category(term, entry, base)
        if not entry.categorical and term in entry.terms:
            found = _number(term, entry, base, rows)
            return replace(found, part=entry.terms[term])
    raise Unresolved(f"the model has no term `{term}`")


def moved_by_others(part: str) -> bool:
    """Whether a part moves with the values of others of the community."""
    return part in (MEAN, OTHERS)


def _number(term: str, entry: Predictor, base: Careful, rows: np.ndarray) -> Exposure:
    name, standard = entry.name, bool(entry.standardise or entry.construct)
    if name in base.generator.main.constructs:
        return _measured(term, [name], np.array([1.0]), base.column(name), base, rows, standard)
    item = base.generator.main.by_id.get(name)
    if item is not None and name not in base.world.values:
        measured = next((each for each in base.generator.measured.items if each.id == name), None)
        if measured is None or not measured.loadings:
            raise Unresolved(f"nothing true stands behind `{name}`")
        latents, loadings = list(measured.loadings), np.array(list(measured.loadings.values()))
        return _measured(term, latents, loadings, base.column(name), base, rows, standard)
    if name in base.world.values:
        return _variable(term, name, base, rows, standard)
    return _derived(term, name, base)


def _measured(
    term: str,
    latents: list[str],
    loadings: np.ndarray,
    answers: pd.Series,
    base: Careful,
    rows: np.ndarray,
    standard: bool,
) -> Exposure:
    """Move what an answer or a score measures, each latent by its share in that.

    Without standardising, one unit of the answer stands for as much as it tells of the latents.
    """
    values = np.column_stack([base.world.of(name) for name in latents])
    content = values @ loadings
    spread = content[rows].std()
    told = answers.to_numpy(float)[rows]
    known = ~np.isnan(told)
    ruler = float(np.corrcoef(content[rows][known], told[known])[0, 1])
    if not standard:
        spread, ruler = spread / told[known].std(), ruler
    shares = np.atleast_2d(np.cov(values[rows].T)) @ loadings / content[rows].var()
    steps = {name: share * spread for name, share in zip(latents, shares, strict=True)}
    return _shifted(term, steps, base, abs(ruler))


def _variable(term: str, name: str, base: Careful, rows: np.ndarray, standard: bool) -> Exposure:
    values = base.world.values[name]
    equation = base.world.system.equations[name]
    known = np.unique(values)
    if len(known) == 2 and known[1] - known[0] == 1 and not standard:
        low, high = (np.full(len(values), value) for value in known)
        return Exposure(term, {name: low}, {name: high}, {})
    if isinstance(values[0], str):
        raise Unresolved(f"`{name}` is a text")
    expanded = base.world.of(name) if equation.level == COMMUNITIES else values
    step = float(expanded[rows].std(ddof=1)) if standard else 1.0
    return _shifted(term, {name: step}, base)


def _shifted(term: str, steps: Mapping[str, float], base: Careful, ruler: float = 1.0) -> Exposure:
    """Move variables by steps, half below and half above what is true."""
    values = base.world.values
    low = {name: values[name] - step / 2 for name, step in steps.items()}
    high = {name: values[name] + step / 2 for name, step in steps.items()}
    return Exposure(term, low, high, {}, ruler)


def _derived(term: str, name: str, base: Careful) -> Exposure:
    """Set a derived variable of two values, a unit apart, through the question it is made of."""
    if name not in base.variables:
        raise Unresolved(f"`{name}` is no variable of the truth")
    known = np.unique(base.column(name).dropna().astype(float))
    if len(known) != 2 or known[1] - known[0] != 1:
        raise Unresolved(f"`{name}` is derived and no variable of the truth")
    low, high = (_assigned(name, value, base) for value in known)
    return Exposure(term, low, high, {})


def _category(term: str, entry: Predictor, base: Careful) -> Exposure:
    """Set a category, and the one that it is compared with."""
    name = entry.name
    codes = {code_text(code): code for code in np.unique(base.column(name).dropna().astype(float))}
    reference = (
        codes[code_text(entry.reference)] if entry.reference is not None else min(codes.values())
    )
    code = codes.get(term.removeprefix(f"{name}[").removesuffix("]"))
    if code is None:
        raise Unresolved(f"nobody is in `{term}`")
    if name in base.world.values:
        size = len(base.world.values[name])
        return Exposure(term, {name: np.full(size, reference)}, {name: np.full(size, code)}, {})
    return Exposure(term, _assigned(name, reference, base), _assigned(name, code, base), {})


def _assigned(name: str, value: float, base: Careful) -> Setting:
    """Give everyone an answer for which a derived variable has a value.

    Who has it keeps the answer; others get that of somebody who has it, drawn at random.
    """
    variable, world = base.variables[name], base.world
    origins = variable.columns & set(world.values)
    if len(variable.columns) != 1 or not origins:
        raise Unresolved(f"`{name}` is made of more than one question")
    item = next(iter(origins))
    if world.system.equations[item].level != PERSONS:
        raise Unresolved(f"`{name}` is of communities and no variable of the truth")
    has = base.column(name).to_numpy(float) == value
    answers = world.values[item].copy()
    chance = base.streams.uniform(world.people.units, "assigned", name, code_text(value))
    pool = answers[has]
    answers[~has] = pool[(chance[~has] * len(pool)).astype(int)]
    return {item: answers}
