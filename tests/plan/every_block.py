"""A small study whose plan uses every block, and names something in every place for a name."""

from __future__ import annotations

from questionnaires import headed

INSTRUMENT = headed(
    "people",
    """
response_sets:
  agree:
    level: ordinal
    options:
      - {value: 1, label: {en: "No"}}
      - {value: 2, label: {en: "So so"}}
      - {value: 3, label: {en: "Yes"}}
  groups:
    level: nominal
    options:
      - {value: 1, label: {en: "A"}}
      - {value: 2, label: {en: "B"}}
      - {value: 3, label: {en: "C"}}
  arms:
    level: nominal
    options: [{value: 0, label: {en: "without"}}, {value: 1, label: {en: "with"}}]
constructs:
  trust: {label: {en: "Trust"}, facets: {near: {en: "Near"}, far: {en: "Far"}}}
  hope: {label: {en: "Hope"}}
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: place, type: text, pattern: "[A-Z][0-9]", role: cluster, text: {en: "Place"}}
      - {id: pay, type: random, response_set: arms, text: {en: "Pay"}}
      - {id: grade, type: random, response_set: groups, text: {en: "Grade"}}
      - {id: party, response_set: groups, text: {en: "Party"}}
      - {id: mood, response_set: groups, text: {en: "Mood"}}
      - {id: kinds, type: select_multiple, response_set: groups, text: {en: "Kinds"}}
      - {id: age, type: integer, range: [18, 99], text: {en: "Age"}}
      - {id: hours, type: integer, range: [0, 500], text: {en: "Hours"}}
      - {id: words, type: text, role: open_text, text: {en: "In your own words"}}
      - {id: t1, response_set: agree, construct: trust, facet: near, text: {en: "T1"}}
      - {id: t2, response_set: agree, construct: trust, facet: near, text: {en: "T2"}}
      - {id: t3, response_set: agree, construct: trust, facet: far, text: {en: "T3"}}
      - {id: t4, response_set: agree, construct: trust, facet: far, reverse: true, text: {en: "T4"}}
      - {id: h1, response_set: agree, construct: hope, text: {en: "H1"}}
      - {id: h2, response_set: agree, construct: hope, text: {en: "H2"}}
      - {id: h3, response_set: agree, construct: hope, text: {en: "H3"}}
""",
)
SHEET = headed(
    "sheet",
    """
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: place, type: text, pattern: "[A-Z][0-9]", role: cluster, text: {en: "Place"}}
      - {id: rooms, type: integer, range: [0, 9], text: {en: "Rooms"}}
""",
    "community",
)
STUDY = """
study:
  id: small
  title: {en: "Small"}
  synthetic: false
  seed: 1
  languages: [en]
  short_report: {charts: [party]}
instruments: [instrument.yaml, sheet.yaml]
data:
  - {instrument: people, platform: plain, files: [people.csv], absent_items: [h3]}
  - {instrument: sheet, platform: plain, files: [sheet.csv]}
cleaning:
  eligible: "age >= 18"
  consistency: [{id: odd, contradiction: "hours > 400 and party == 1"}]
  retest: {waves: [again], person: [place]}
release: {quasi_identifiers: [party], top_code: [{item: hours, value: 90}], leave_out: [place]}
"""
PLAN = (
    """
plan: {version: "1"}
measurement:
  sample: [party, age]
  cluster: place
  aggregation: [trust]
  composite_if: {constructs: [hope], largest_residual: 0.2}
  models:
    - {id: both, label: {en: "Both"}, constructs: [trust, hope]}
    - {id: joined, label: {en: "Joined"}, constructs: [trust, hope], merge: [[hope, trust]]}
    - {id: second, label: {en: "Second"}, constructs: [trust, hope], second_order: [trust]}
  comparisons: [{model: both, rival: joined}]
  validity: {constructs: [trust, hope], model: both, marker: [age]}
  invariance:
    - {id: by_party, label: {en: "P"}, group: party, constructs: [trust], join: [[1, 2], [3]]}
  dimensionality: [{id: all, label: {en: "All"}, constructs: [hope]}]
variables:
  - {id: busy, label: {en: "Busy"}, expression: "hours > 10 or selected(kinds, 3)"}
  - id: side
    label: {en: "Side"}
    categories: {"0": {en: "neither"}, "1": {en: "either"}}
    recode: {item: party, values: {"1": 0, "2": 1}}
  - {id: many, label: {en: "Many"}, count: {item: kinds, exclude: [1]}}
  - {id: one_of, label: {en: "One of"}, first: [side, pay]}
keep_apart: [{predictors: [h1], outcomes: [age], reason: "later"}]
communities:
  cluster: place
  key: place
  summaries: [{id: rate, label: {en: "Rate"}, variable: busy, statistic: concentration, by: age}]
flagged_rows: {leave_out: any, among: [odd]}
populations: [{condition: "age <= 60", label: {en: "Not old"}}]
models:
  - id: main
    label: {en: "Main"}
    outcome: busy
    subset: "age <= 60"
    flagged_rows: {leave_out: any, among: [odd]}
    family: binomial
    predictors:
      - {variable: trust, standardise: true}
      - {variable: party, categorical: true, reference: 2}
      - {variable: hope, SPLIT}
    covariates: [age, {variable: pay}]
    interactions: [[trust, "party[1]"]]
    cluster: place
    minimum_clusters: {total: 5, variables: [pay]}
    covariance: CR2
    curves: [{variable: trust, by: party}, {variable: age, by: hope_WITHIN}]
  - id: steps
    label: {en: "Steps"}
    outcome: t1
    family: ordinal
    predictors: [{variable: rooms}, {variable: side, categorical: true}]
    cluster: place
    random: intercept
    random_slope: rooms
    covariance: classical
  - id: places
    label: {en: "Places"}
    level: communities
    outcome: rate
    family: gaussian
    predictors: [{variable: rooms}]
    covariance: HC3
  - id: freed
    label: {en: "Freed from error"}
    outcome: busy
    family: binomial
    predictors: [{construct: trust}]
    covariates: [age]
    contents: [hope]
    covariance: HC1
  - id: both_freed
    label: {en: "Both freed from error"}
    outcome: busy
    family: binomial
    predictors: [{construct: trust}]
    covariates: [{construct: hope}]
    covariance: HC1
  - id: plain
    label: {en: "Plain"}
    outcome: busy
    family: binomial
    predictors: [{variable: trust}]
    covariates: [{variable: age}, {variable: pay, split: within_cluster}]
    cluster: place
    covariance: CR2
paths:
  - id: along
    label: {en: "Along"}
    regressions: {hope: [trust, busy], hours: [hope, trust, hope:trust]}
    covariances: [[hope, hours]]
    covariates: [{variable: party, categorical: true}, age]
    cluster: place
    subset: "age > 21"
    effects: [{kind: indirect_difference, along: [trust, hope, hours], less: [busy, hope, hours]}]
  - {id: against, label: {en: "Against"}, chain: [hope, trust, hours], rival_of: along}
mediations:
  - {id: through, label: {en: "Through"}, exposure: {standardise: true, variable: trust},
     mediators: [{variable: hope, family: gaussian}], outcome: hours, family: gaussian,
     covariates: [{categorical: true, variable: party}, age], subset: "age > 23", cluster: place}
  - id: briefly
    exposure: trust
    mediators: [{variable: hope, family: gaussian}]
    outcome: hours
    family: poisson
families: [{id: first, label: {en: "First"}, method: holm, level: 0.05}]
hypotheses:
  - id: H1
    statement: {en: "One."}
    family: first
    model: main
    estimand: {kind: average_marginal_effect, variable: trust, at: {"party[1]": 1, age: 40}}
    direction: positive
    smallest_effect: 0.1
    checks: {agreement: main, others: {variable: trust, model: main}}
    unit: {en: "points"}
  - id: H2
    statement: {en: "Two."}
    family: first
    model: main
    estimand: {kind: cross_partial, variables: [trust, "party[3]"]}
    direction: positive
    smallest_effect: 0.1
    checks:
      agreement: {variables: ["party[3]", trust], model: main}
      others: {variables: ["party[3]", trust], model: main}
    unit: {en: "points"}
  - id: H3
    statement: {en: "Three."}
    family: first
    model: main
    estimand: {kind: coefficient, variable: "party[1]:trust"}
    direction: positive
    smallest_effect: 0.1
    checks: {agreement: {variable: "trust:party[1]", model: main}, others: main}
    unit: {en: "points"}
  - id: H4
    statement: {en: "Four."}
    family: first
    model: steps
    estimand: &last {kind: average_marginal_effect, variable: "side[1]", category: 3}
    direction: positive
    smallest_effect: 0.1
    unit: {en: "points"}
  - id: H5
    statement: {en: "Five."}
    model: steps
    family: first
    estimand: *last
    direction: negative
    rival_of: H4
    smallest_effect: 0.1
    unit: {en: "points"}
  - id: H6
    statement: {en: "Six."}
    family: first
    model: plain
    estimand: {kind: coefficient, variable: trust}
    direction: positive
    smallest_effect: 0.1
    unit: {en: "points"}
path_hypotheses:
  - id: P1
    statement: {en: "Along."}
    path: along
    family: first
    estimand: {kind: indirect_difference, along: [trust, hope, hours], less: [busy, hope, hours]}
    direction: positive
    smallest_effect: 0.1
    unit: {en: "points"}
  - id: P2
    statement: {en: "Through."}
    mediation: through
    family: first
    estimand: {kind: natural_indirect, along: [trust, hope, hours]}
    fragile_below: 0.1
    direction: positive
    smallest_effect: 0.1
    unit: {en: "points"}
composites: [{id: C1, statement: {en: "Both."}, at_least: 1, of: [H1, P1]}]
without_verdict: [{id: W1, statement: {en: "Order."}, reason: {en: "One wave."}}]
moderation:
  - {id: mod, label: {en: "Mod"}, model: main, variable: trust, by: {variable: party, reference: 1}}
  - {id: by_hope, label: {en: "By hope"}, model: freed, variable: trust, by: {construct: hope}}
experiments: [{id: trial, label: {en: "Trial"}, outcome: hours, factors: [pay], balance: [age]}]
descriptions:
  - {id: means, label: {en: "Means"}, outcome: hours, by: party, cluster: place, subset: "age > 20"}
  - {id: points, label: {en: "Points"}, level: communities, outcome: rate, by: rooms}
missing:
  auxiliary: [hours]
  items: [{item: mood, method: nominal, own_answers: [refused]}]
  not_at_random:
    hypotheses: [H4]
    outcome: {plausible: 1, plausible_slope: 0.5}
    predictors: {plausible: 0.5, plausible_slope: 0.25}
diagram:
  label: {en: "Causes"}
  nodes:
    - {id: trust, role: exposure}
    - {id: work, label: {en: "Work"}, variables: [hours, kinds], role: outcome}
  edges: [[trust, work]]
grids:
  - id: choices
    label: {en: "Choices"}
    hypotheses: [H6]
    dimensions:
      outcome:
        - id: other
          label: {en: "Many"}
          reason: {en: "As good."}
          outcome: many
          family: pseudo_poisson
          covariance: CR1
          without: [pay]
      subset:
        - {id: old, label: {en: "O"}, reason: {en: "W."}, subset: "age > 22", without: [age]}
      weights:
        - {id: counted, label: {en: "W"}, reason: {en: "W."}, weights: none}
      flagged_rows:
        - id: careful
          label: {en: "Careful"}
          reason: {en: "As good."}
          flagged_rows: {among: [odd], leave_out: any}
      missing:
        - {id: complete, label: {en: "C"}, reason: {en: "W."}, missing: complete, without: [age]}
      measure:
        - {id: scores, label: {en: "S"}, reason: {en: "W."}, scores: [trust]}
        - {id: freed_too, label: {en: "F"}, reason: {en: "W."}, constructs: [trust]}
      covariates:
        - {id: more, label: {en: "M"}, reason: {en: "W."}, add: [rooms, {variable: mood, CAT}]}
        - {id: freed_more, label: {en: "M"}, reason: {en: "W."}, add: [{construct: hope}]}
        - {id: fewer, label: {en: "F"}, reason: {en: "W."}, without: [pay]}
      family:
        - {id: probit, label: {en: "P"}, reason: {en: "W."}, family: probit}
    excluded:
      - {where: {outcome: [other], family: [probit]}, reason: {en: "No."}}
      - {where: {flagged_rows: [careful], missing: [primary]}, reason: {en: "Imputed."}}
      - where: {subset: [old], weights: [counted], covariates: [fewer], measure: [scores]}
        reason: {en: "Dear."}
    left_out_clusters:
      among:
        outcome: [other]
        subset: [old]
        weights: [counted]
        flagged_rows: [careful]
        missing: [complete]
        measure: [scores]
        covariates: [more]
        family: [primary]
      reason: {en: "One."}
""".replace("CAT", "categorical: true")
    .replace("SPLIT", "split: within_cluster")
    .replace("WITHIN", "within")
)


def texts(**changed: str) -> dict[str, str]:
    """Files of the study, some of them others."""
    known = {"instrument": INSTRUMENT, "sheet": SHEET, "study": STUDY, "plan": PLAN} | changed
    return {f"{name}.yaml": text for name, text in known.items()}
