"""A study of a small town with scenarios of its own, as the files of its folder."""

from __future__ import annotations

from pathlib import Path

TOWN = Path(__file__).resolve().parent / "simulation"
STUDY = """
study:
  id: town
  title: {en: "Town"}
  question: {en: "Who serves?"}
  synthetic: true
  seed: 3
  languages: [en]
instruments: [instrument.yaml, places.yaml]
data:
  - {instrument: town, platform: kobotoolbox, files: [town.csv]}
  - {instrument: places, files: [places.csv]}
cleaning: {quality: {attention_misses: 1}}
"""
PLAN = """
plan: {version: "1"}
communities: {cluster: place, key: code}
variables:
  - {id: serves, label: {en: "Serves"}, expression: "served == 1"}
models:
  - id: main
    label: {en: "Main"}
    outcome: serves
    family: binomial
    predictors:
      - {variable: trust, standardise: true, split: within_cluster}
      - {variable: duty, standardise: true}
    cluster: place
    covariance: CR2
  - id: beside
    label: {en: "Beside"}
    role: robustness
    outcome: serves
    family: binomial
    predictors: [{variable: trust, standardise: true}]
    cluster: place
    covariance: CR2
families: [{id: all, label: {en: "All"}, method: holm, level: 0.05}]
hypotheses:
  - id: H1
    statement: {en: "Trust makes people serve."}
    family: all
    model: main
    estimand: {kind: average_marginal_effect, variable: trust_within}
    direction: positive
    smallest_effect: 0.05
    unit: {en: "points"}
  - id: H2
    statement: {en: "Duty makes people serve."}
    family: all
    model: main
    estimand: {kind: average_marginal_effect, variable: duty}
    direction: positive
    smallest_effect: 0.05
    unit: {en: "points"}
checks: {bootstrap: 99}
"""
TRUTH = """
communities: {number: 20, residents: {mean: 40}}
equations:
  served: {logit: {rate: 0.4, values: [2, 1]}, causes: {trust: 1.2}}
scales: {constructs: {trust: {dont_know: 0.05}}}
"""
SCENARIOS = {
    "base": """
label: {en: "Base"}
why: {en: "Trust makes people serve, duty does not."}
verdicts:
  H1: {must: [supported]}
  H2: {must_not: [supported, detected_below_smallest_effect, contradicted]}
""",
    "nothing": """
label: {en: "Nothing"}
why: {en: "There is no effect."}
truth: {equations: {served: {causes: {trust: ~}}}}
verdicts:
  H1: &none {must_not: [supported, detected_below_smallest_effect, contradicted]}
  H2: *none
""",
    "hurried": """
label: {en: "Hurried"}
why: {en: "The effect is there, and many answer without reading."}
extends: base
truth:
  equations: {careless: {logit: {rate: 0.4}}}
verdicts:
  H1: {may: [supported, detected_below_smallest_effect, inconclusive]}
limits: {must_not: 0.2}
""",
}


def files() -> dict[str, str]:
    """Content of every file of the study's folder, by name."""
    own = {"study.yaml": STUDY, "plan.yaml": PLAN, "truth.yaml": TRUTH}
    own |= {"instrument.yaml": (TOWN / "town.yaml").read_text("utf-8")}
    own |= {"places.yaml": (TOWN / "town_sheet.yaml").read_text("utf-8")}
    return own | {f"scenarios/{name}.yaml": text for name, text in SCENARIOS.items()}
