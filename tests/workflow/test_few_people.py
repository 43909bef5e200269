"""A study of 120 people, run to its report: nobody counts those who gave a rare answer from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from plans import plan_of
from questionnaires import headed
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.special import ndtr

from coproduction.dictionary import dictionary, read_table
from coproduction.instrument.reading import read_instrument
from coproduction.report.withheld import withhold
from coproduction.schemas import schema
from coproduction.yamlfiles.yamlfile import read_yaml

INSTRUMENT = headed(
    "people",
    """
response_sets:
  agreement:
    level: nominal
    options: [{value: 1, label: {en: "I agree"}}, {value: 0, label: {en: "I do not"}}]
  agree:
    level: ordinal
    options:
      - {value: 1, label: {en: "Strongly disagree"}}
      - {value: 2, label: {en: "Disagree"}}
      - {value: 3, label: {en: "Agree"}}
      - {value: 4, label: {en: "Strongly agree"}}
  arms:
    level: nominal
    options: [{value: 0, label: {en: "Control"}}, {value: 1, label: {en: "Treated"}}]
  sexes:
    level: nominal
    options:
      - {value: 1, label: {en: "Female"}}
      - {value: 2, label: {en: "Male"}}
      - {value: 3, label: {en: "Other"}}
  members:
    level: nominal
    options:
      - {value: 1, label: {en: "None"}}
      - {value: 2, label: {en: "Team"}}
      - {value: 3, label: {en: "Firm"}}
      - {value: 4, label: {en: "Both"}}
constructs:
  trust: {label: {en: "Trust"}}
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: consent, response_set: agreement, role: consent, terminate_if: "consent == 0",
         text: {en: "Do you agree?"}}
      - {id: sex, response_set: sexes, text: {en: "Sex"}}
      - {id: member, response_set: members, text: {en: "Member"}}
      - {id: arm, response_set: arms, text: {en: "Arm"}}
      - {id: hours, type: integer, range: [0, 100], text: {en: "Hours"}}
      - {id: t1, response_set: agree, construct: trust, text: {en: "Trust people"}}
      - {id: t2, response_set: agree, construct: trust, text: {en: "Trust neighbours"}}
      - {id: t3, response_set: agree, construct: trust, text: {en: "Trust strangers"}}
""",
)
STUDY = """
study: {id: few, title: {en: "Few"}, synthetic: false, seed: 1, languages: [en]}
instruments: [instrument.yaml]
data: [{instrument: people, platform: plain, files: [people.csv]}]
cleaning:
  test_submissions: {before: "2026-01-01"}
"""
PLAN = """
plan: {version: "1"}
measurement:
  sample: [sex, member]
  models: [{id: one, label: {en: "One factor"}, constructs: [trust], estimator: WLSMV}]
  invariance:
    - {id: by_member, label: {en: "By membership"}, group: member, constructs: [trust],
       join: [[1], [2, 3], [4]]}
variables:
  - {id: other, label: {en: "Other sex"}, recode: {item: sex, values: {"1": 0, "2": 0, "3": 1}}}
  - {id: joined, label: {en: "Joined"}, expression: "member in [2, 3]"}
models:
  - {id: everybody, label: {en: "Everybody"}, outcome: hours, family: gaussian,
     predictors: [{variable: trust}], covariance: HC3}
  - {id: two, label: {en: "Two sexes"}, outcome: hours, family: gaussian,
     predictors: [{variable: trust}], subset: "sex in [1, 2]", covariance: HC3}
  - {id: by_sex, label: {en: "By sex"}, outcome: hours, family: gaussian,
     predictors: [{variable: trust}, {variable: sex, categorical: true, reference: 1}],
     interactions: [[trust, "sex[2]"], [trust, "sex[3]"]], covariance: HC3}
families: []
hypotheses: []
moderation:
  - {id: sexes, label: {en: "By sex"}, model: by_sex, variable: trust,
     by: {variable: sex, categorical: true}, minimum_cell: 20}
experiments:
  - {id: trial, label: {en: "Trial"}, outcome: hours, factors: [arm], balance: [sex, member, trust]}
descriptions:
  - {id: by_other, label: {en: "By other"}, outcome: hours, by: other}
  - {id: by_joined, label: {en: "By joined"}, outcome: hours, by: joined}
  - {id: by_sexes, label: {en: "By sexes"}, outcome: hours, by: sex}
  - {id: trust_by_arm, label: {en: "Trust by arm"}, outcome: trust, by: arm}
"""
N, LEAST = 120, 5
COUNTS = {
    "sex": {1: 70, 2: 46, 3: 3},
    "member": {1: 60, 2: 45, 3: 11, 4: 3},
    "t1": {1: 30, 2: 45, 3: 41, 4: 3},
    "t2": {1: 25, 2: 40, 3: 34, 4: 20},
    "t3": {1: 22, 2: 38, 3: 39, 4: 20},
}
RARE = [(item, code) for item, found in COUNTS.items() for code, n in found.items() if n < LEAST]
DERIVED = {
    ("other", "0"): ("sex", {1, 2}),
    ("other", "1"): ("sex", {3}),
    ("joined", "1"): ("member", {2, 3}),
    ("joined", "0"): ("member", {1, 4}),
}
COLUMNS = [(item, code) for item, found in COUNTS.items() for code in found]


def people() -> pd.DataFrame:
    """Answers with the given counts, those to the scale going together; the last one refuses."""
    rng = np.random.default_rng(4)
    trait = rng.normal(size=N - 1)
    table = pd.DataFrame({"arm": rng.integers(0, 2, N - 1), "hours": rng.integers(5, 40, N - 1)})
    for item, counts in COUNTS.items():
        order = np.argsort((trait if item[0] == "t" else 0) + rng.normal(size=N - 1))
        table.loc[order, item] = np.repeat(list(counts), list(counts.values()))
    table = table.astype(int).astype(object)
    answers = table.assign(consent=1, submitted_at="2026-05-01T10:00:00")
    out = pd.DataFrame({"consent": [0], "submitted_at": ["2026-05-01T10:00:00"]})
    return pd.concat([answers, out], ignore_index=True).assign(
        submission=[f"p{n}" for n in range(N)]
    )


@pytest.fixture(scope="module")
def results(checkout: Path, run) -> Path:
    folder, raw = checkout / "instruments/few", checkout / "data/raw/few"
    folder.mkdir()
    raw.mkdir(parents=True)
    for name, text in {"instrument": INSTRUMENT, "study": STUDY, "plan": PLAN}.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    people().to_csv(raw / "people.csv", index=False)
    done = run(checkout, "--config", "study=few", "--cores", "2")
    assert done.returncode == 0, done.stderr
    return checkout / "results" / "few"


@pytest.fixture(scope="module")
def passed_on(results) -> dict[str, pd.DataFrame]:
    """Result tables, as the report reads them."""
    files = {"/".join(file.parts[-2:]): file for file in results.glob("*/*.csv")}
    return {
        name: read_table(name, file.read_bytes())
        for name, file in files.items()
        if name in dictionary().tables
    }


@pytest.fixture(scope="module")
def shown(passed_on, root) -> dict[str, pd.DataFrame]:
    instrument = read_instrument(read_yaml(INSTRUMENT, "instrument.yaml", schema("instrument")))
    return withhold(passed_on, instrument, plan_of(yaml.safe_load(PLAN)), LEAST)


class Equations:
    """What tables say of the numbers of people who gave each answer."""

    def __init__(self) -> None:
        self.sums: list[tuple[dict[tuple[str, int], float], float, float]] = []

    def add(self, item: str, codes: set[int], total: float, within: float = 0.01) -> None:
        if total == total:
            self.sums.append(({(item, code): 1.0 for code in codes}, total, within))

    def level(self, variable: str, level: str, total: float, within: float = 0.01) -> None:
        if variable in COUNTS and level not in ("", "-1"):
            self.add(variable, {int(code) for code in level.split("+")}, total, within)
        elif (variable, level) in DERIVED:
            self.add(*DERIVED[variable, level], total, within)

    def ends(self, cell: tuple[str, int]) -> tuple[int, int]:
        """Find the smallest and largest number of people that all sums allow."""
        rows = np.array([[each.get(c, 0.0) for c in COLUMNS] for each, _, _ in self.sums])
        total, within = (np.array([each[k] for each in self.sums]) for k in (1, 2))
        sums = LinearConstraint(rows, total - within, total + within)
        aim = np.array([float(c == cell) for c in COLUMNS])
        low, high = (
            milp(
                sign * aim, integrality=np.ones(len(COLUMNS)), bounds=Bounds(0, N), constraints=sums
            )
            for sign in (1, -1)
        )
        assert low.success and high.success
        return round(low.fun), round(-high.fun)


def equations(tables: dict[str, pd.DataFrame]) -> Equations:
    """All sums over answers that a reader of the tables can write down."""
    known = Equations()
    for item, counts in COUNTS.items():
        known.add(item, set(counts), N - 1)
    for item, value, n in tables["cleaning/frequencies.csv"][["item", "value", "n"]].values:
        known.level(item, value, n)
    for file, variable, level, size in (
        ("measurement/sample.csv", "item", "value", "n"),
        ("measurement/invariance_groups.csv", "group", "level", "n"),
        ("measurement/functioning.csv", "group", "level", "n_group"),
        ("inference/group_means.csv", "by", "level", "n_cell"),
    ):
        for row in tables[file].to_dict("records"):
            known.level(row[variable], str(row[level]), row[size])
    models = tables["inference/models.csv"].set_index("model")
    known.add("sex", {1, 2}, models.loc["two", "n"])
    known.add("sex", {1, 2}, models.loc["two", "n"] + models.loc["two", "n_dropped"])
    for file in ("coefficients", "effects"):
        table = tables[f"inference/{file}.csv"]
        for n in table.loc[table.get("model", pd.Series(dtype=str)).eq("two"), "n"]:
            known.add("sex", {1, 2}, n)
    for row in tables["inference/balance.csv"].to_dict("records"):
        sizes = row["n_0"] * row["mean_0"], row["n_1"] * row["mean_1"]
        known.level(row["variable"], str(row["level"]), sum(sizes))
    for row in tables["measurement/loadings.csv"].query("kind == 'threshold'").to_dict("records"):
        codes = set(range(1, int(row["rhs"][1:]) + 1))
        known.add(row["lhs"], codes, (N - 1) * ndtr(row["standardised"]), 0.5)
    means = tables["inference/group_means.csv"].query("description == 'trust_by_arm'")
    if means["estimate"].notna().all():
        total = 3 * (means["estimate"].round(3) * means["n_cell"]).sum()
        every = {(item, code): float(code) for item, code in COLUMNS if item.startswith("t")}
        known.sums.append((every, total, 3 * N * 0.0005))
    return known


@pytest.mark.parametrize("cell", RARE)
def test_nobody_can_tell_how_many_gave_a_rare_answer(cell, shown):
    low, high = equations(shown).ends(cell)
    assert low < high
    assert high >= LEAST


def test_tables_that_stay_with_the_team_would_tell(passed_on):
    found = equations(passed_on)
    assert {cell for cell in RARE if np.ptp(found.ends(cell)) == 0} == set(RARE)


def test_moderation_and_arms_show_no_group_of_few(shown):
    slopes, arms = shown["inference/moderation.csv"], shown["inference/arms.csv"]
    assert not slopes["n_cell"].lt(LEAST).any()
    assert slopes.loc[slopes["level"].eq("3"), "estimate"].isna().all()
    assert not arms["n"].lt(LEAST).any()


def test_who_alone_refused_is_told_by_no_figure(results, shown):
    flow = shown["cleaning/flow.csv"]
    assert "no_consent" not in set(flow["reason"])
    assert flow["n_remaining"].iloc[[0, -1]].tolist() == [N, N - 1]
    page = (results / "report/report_en.html").read_text("utf-8")
    assert "No consent" not in page.replace("No consent given", "")
    assert "Left out for reasons that are not told one by one 1" in page
