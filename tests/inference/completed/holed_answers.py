"""A small study whose answers are missing at random, and what imputing it starts from."""

from __future__ import annotations

import numpy as np
import pandas as pd
from questionnaires import headed

from coproduction.cleaning.routing import nonresponse
from coproduction.cleaning.scoring import analysis_table
from coproduction.inference.completed.items import Answers

ITEMS = ("t1", "t2", "t3", "work")
AGREE, THREE, TWO, YES = range(1, 6), range(1, 4), (1, 2), (1, 0)


def response_set(name: str, level: str, codes) -> str:
    options = ", ".join(f'{{value: {code}, label: {{en: "{name}{code}"}}}}' for code in codes)
    return f"  {name}: {{level: {level}, options: [{options}]}}\n"


QUESTIONS = headed(
    "people",
    "\nresponse_sets:\n"
    + response_set("agree", "ordinal", AGREE)
    + response_set("three", "nominal", THREE)
    + response_set("two", "nominal", TWO)
    + response_set("consents", "nominal", YES)
    + """constructs:
  trust: {label: {en: "Trust"}}
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: place, type: text, pattern: "[0-9]+", role: cluster, text: {en: "Place"}}
      - {id: t1, response_set: agree, construct: trust, text: {en: "T1"}}
      - {id: t2, response_set: agree, construct: trust, text: {en: "T2"}}
      - {id: t3, response_set: agree, construct: trust, text: {en: "T3"}}
      - {id: work, response_set: three, text: {en: "Work"}}
      - {id: street, response_set: three, text: {en: "Street"}}
      - {id: hours, type: decimal, range: [-99, 99], text: {en: "Hours"}}
      - {id: agreed, response_set: consents, role: consent_sensitive, text: {en: "May we?"}}
      - {id: party, response_set: two, relevant: "agreed == 1", sensitive: true, text: {en: "P"}}
""",
)
DONT_KNOW, NOT_ASKED = -88, -77


def whole(n: int, seed: int = 3) -> pd.DataFrame:
    """Answers of which nothing is missing."""
    rng = np.random.default_rng(seed)
    place = rng.integers(1, 31, n)
    trust = rng.normal(size=n) + 0.4 * rng.normal(size=31)[place]
    items = {
        name: np.clip(np.round(3 + trust + rng.normal(size=n)), 1, 5) for name in ("t1", "t2", "t3")
    }
    agreed = (rng.random(n) < 0.9).astype(int)
    return pd.DataFrame(
        {
            "submission": [f"r{each:05d}" for each in range(n)],
            "place": place.astype(str),
            **items,
            "work": 1 + np.digitize(trust + rng.logistic(size=n), [-1, 1]),
            "street": rng.integers(1, 4, n),
            "hours": trust + rng.normal(size=n),
            "agreed": agreed,
            "party": np.where(agreed == 1, 1 + (rng.random(n) < 0.3), NOT_ASKED),
        }
    )


def holed(table: pd.DataFrame, seed: int = 4) -> pd.DataFrame:
    """Take answers away where t1, which everybody answered, is low: missing at random."""
    rng, found = np.random.default_rng(seed), table.copy()
    for name in ("t2", "t3", "work"):
        found.loc[rng.random(len(table)) < 0.5 * (table["t1"] <= 2), name] = DONT_KNOW
    return found


def given_of(table: pd.DataFrame, instrument) -> tuple[pd.DataFrame, Answers]:
    return analysis_table(table, instrument), Answers(instrument, nonresponse(table, instrument))
