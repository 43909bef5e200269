"""Constructs in models: predictors that are freed from measurement error, and agreement."""

from __future__ import annotations

from collections.abc import Iterator

from coproduction.plan.models.model import Model
from coproduction.plan.options import AGREEMENT_FACTOR, AGREEMENT_SCORE, NO_AGREEMENT, Level
from coproduction.plan.vocabulary.names import Names
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.plan.vocabulary.terms import AGREEMENT
from coproduction.yamlfiles.problems import Path, Problem, unknown

FOR_VARIABLES = ("standardise", "categorical", "reference")


def entry(path: Path, each: Predictor, names: Names, level: Level | None) -> Iterator[Problem]:
    """Find what is wrong with a predictor that is a construct, or neither that nor a variable."""
    if (each.construct is None) == (each.variable is None):
        yield path, "takes either `variable` or `construct`."
        return
    if level is not None:
        yield (*path, "construct"), "constructs are of respondents; name a `variable` here."
    yield from _measured((*path, "construct"), each.construct or "", names)
    for key in FOR_VARIABLES:
        if getattr(each, key) is not None:
            told = "a construct is a number in its own standard deviations"
            yield (*path, key), f"{told}; leave `{key}` out."


def problems(path: Path, model: Model, names: Names) -> Iterator[Problem]:
    """Find what is wrong with a model's `agreement` and `contents`."""
    mode, place = model.agreement, (*path, "agreement")
    if mode == AGREEMENT_FACTOR and not model.constructs:
        yield place, "`factor` is for models with a `construct`; `score` stands beside scores."
    if mode == AGREEMENT_SCORE and model.constructs:
        yield place, "`score` stands beside scores of scales; with a `construct` write `factor`."
    if mode == AGREEMENT_SCORE and model.level is not None:
        yield place, "agreement is of respondents, and not of communities."
    if model.contents is not None and not model.constructs and mode != AGREEMENT_SCORE:
        yield (*path, "contents"), "is for models with a `construct`, or with `agreement: score`."
    for position, name in enumerate(model.contents or ()):
        yield from _measured((*path, "contents", position), name, names)
    if mode != NO_AGREEMENT and AGREEMENT in {each.name for each in model.entries}:
        yield path, f"`{AGREEMENT}` is the name of the term of agreement; rename the variable."


def _measured(path: Path, name: str, names: Names) -> Iterator[Problem]:
    """Find names that are no constructs, and constructs whose error no item can tell."""
    known = [each for each, about in names.items() if about.scale is not None]
    if name not in known:
        yield path, unknown(name, known, f"there is no construct `{name}` that has items")
        return
    scale = names[name].scale
    if scale is not None and len(scale.items) < 2:
        told = f"`{name}` has a single item, which cannot tell its own error"
        yield path, f"{told}; write `variable: {name}`."
