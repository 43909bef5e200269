"""Answers to each question, given latents, memberships and earlier answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds


def scale_answers(
    persons: pd.DataFrame,
    style: np.ndarray,
    instrument: Instrument,
    truth: Mapping[str, Any],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Answer the items of every construct by a threshold model with an acquiescence factor.

    The response variable of an item is λ η (−λ η if reversed) + a · acquiescence + noise, with
    variance one; thresholds cut it into the options of its response set.

    Parameters
    ----------
    persons
        One column per latent, and `member`.
    style
        Acquiescence of each person, standard normal.
    instrument
        The questionnaire.
    truth
        The `items` block of the truth file.
    rng
        Source of randomness.
    """
    n = len(persons)
    answers = {}
    for construct, entry in truth["constructs"].items():
        for item, loading in zip(instrument.scale(construct), entry["loadings"], strict=True):
            sign = -1 if item.reverse else 1
            noise = np.sqrt(1 - loading**2 - truth["acquiescence"] ** 2) * rng.standard_normal(n)
            response = sign * loading * persons[construct] + truth["acquiescence"] * style + noise
            chosen = _cut(response, truth["thresholds"][entry["thresholds"]], item)
            factor = np.where(persons["member"] == 1, 1.0, truth["outsiders_dont_know"])
            unsure = rng.random(n) < entry["dont_know"] * factor
            code = instrument.missing_code("dont_know")
            answers[item.id] = np.where(unsure, code, chosen)
    for name, thresholds in truth.get("markers", {}).items():
        response = truth["acquiescence"] * style + rng.standard_normal(n)
        cuts = truth["thresholds"][thresholds]
        answers[name] = _cut(response, cuts, instrument.by_id[name])
    return pd.DataFrame(answers)


def _cut(response: np.ndarray, thresholds: list[float], item) -> np.ndarray:
    values = np.array(item.response_set.values)
    if len(thresholds) != len(values) - 1:
        raise StudyError(f"truth.yaml: `{item.id}` needs {len(values) - 1} thresholds.")
    return values[np.searchsorted(thresholds, response)]


def answer(
    entry: Mapping[str, Any],
    known: pd.DataFrame,
    indicators: Mapping[str, str],
    instrument: Instrument,
    rng: np.random.Generator,
) -> pd.Series:
    """Answer one question as the truth file declares it.

    Kinds: `categories` (shares, other shares `where` an attribute is 1), `logit` (two values,
    the second with the modelled probability), `ticks` (each option with its share), `lognormal`
    (whole numbers), `normal` (whole numbers within the item's range), `community` (its code).

    Parameters
    ----------
    entry
        One element of `answers`.
    known
        Latents, attributes and earlier answers, one row per person.
    indicators
        Conditions that coefficients may name.
    instrument
        The questionnaire.
    rng
        Source of randomness.
    """
    kind, n = entry["kind"], len(known)
    if kind == "community":
        return known["community_code"]
    if kind == "categories":
        return _categories(entry, known, rng)
    if kind == "ticks":
        return _ticks(entry, n, rng)
    if kind == "lognormal":
        draw = np.exp(entry["location"] + entry["scale"] * rng.standard_normal(n))
        return pd.Series(np.minimum(np.rint(draw), entry["most"]).astype(int), index=known.index)
    linear = _linear(entry.get("coefficients", {}), known, indicators, instrument)
    if kind == "logit":
        shift = entry["community_sd"] * rng.standard_normal(known["community"].max() + 1)
        linear = linear + entry["intercept"] + shift[known["community"]]
        chosen = rng.random(n) < 1 / (1 + np.exp(-linear))
        return pd.Series(np.where(chosen, entry["values"][1], entry["values"][0]), known.index)
    low, high = instrument.by_id[entry["item"]].limits
    draw = np.rint(entry["mean"] + linear + entry["sd"] * rng.standard_normal(n))
    return pd.Series(np.clip(draw, low, high).astype(int), index=known.index)


def _categories(
    entry: Mapping[str, Any], known: pd.DataFrame, rng: np.random.Generator
) -> pd.Series:
    uniform = rng.random(len(known))
    result = _pick(entry["shares"], uniform)
    for attribute, shares in entry.get("where", {}).items():
        result = np.where(known[attribute] == 1, _pick(shares, uniform), result)
    return pd.Series(result, index=known.index)


def _pick(shares: Mapping[Any, float], uniform: np.ndarray) -> np.ndarray:
    values = np.array([int(value) for value in shares])
    cumulative = np.cumsum(list(shares.values())) / sum(shares.values())
    return values[np.minimum(np.searchsorted(cumulative, uniform, side="right"), len(values) - 1)]


def _ticks(entry: Mapping[str, Any], n: int, rng: np.random.Generator) -> pd.Series:
    options = list(entry["shares"])
    hits = rng.random((n, len(options))) < np.array(list(entry["shares"].values()))
    otherwise = str(entry.get("none", options[0]))
    return pd.Series(
        [
            " ".join(str(option) for option, hit in zip(options, row, strict=True) if hit)
            or otherwise
            for row in hits
        ]
    )


def _linear(
    coefficients: Mapping[str, float],
    known: pd.DataFrame,
    indicators: Mapping[str, str],
    instrument: Instrument,
) -> np.ndarray:
    total = np.zeros(len(known))
    for term, coefficient in coefficients.items():
        product = np.ones(len(known))
        for name in term.split("*"):
            if name in indicators:
                product *= holds(indicators[name], known, instrument.missing_values).to_numpy(float)
            elif name in known:
                product *= known[name].to_numpy(float)
            else:
                raise StudyError(
                    f"truth.yaml: a coefficient names `{name}`, which is not known yet."
                )
        total += coefficient * product
    return total
