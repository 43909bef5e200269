from __future__ import annotations

from pathlib import Path

import pytest
from questionnaires import headed

from coproduction.errors import StudyError
from coproduction.study import read_study

INSTRUMENT = headed(
    "people",
    """
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: age, type: integer, range: [0, 120], text: {en: "Age"}}
      - {id: hours, type: integer, range: [0, 500], text: {en: "Hours"}}
""",
)
STUDY = """
study: {id: small, title: {en: "Small"}, synthetic: false, seed: 1, languages: [en]}
instruments: [instrument.yaml]
data:
  - {instrument: people, platform: plain, files: [people.csv]}
cleaning:
  eligible: "age >= 18"
"""
PLAN = """
plan: {version: "1"}
variables:
  - {id: busy, label: {en: "Busy"}, expression: "hours > 10"}
models:
  - id: one
    label: {en: "One"}
    outcome: busy
    family: binomial
    predictors: [{variable: age}]
    covariance: HC3
families:
  - {id: main, label: {en: "Main"}, method: holm, level: 0.05}
hypotheses:
  - id: H1
    statement: {en: "Older people are busier."}
    family: main
    model: one
    estimand: {kind: average_marginal_effect, variable: age}
    direction: positive
    smallest_effect: 0.01
    unit: {en: "probability per year"}
"""
APART = """keep_apart: [{predictors: [age], outcomes: [hours], reason: "age is late."}]
families:"""


def read(schemas, instrument=INSTRUMENT, study=STUDY, plan=PLAN):
    texts = {"instrument.yaml": instrument, "study.yaml": study, "plan.yaml": plan}
    return read_study(texts, "instruments/small", schemas)


def test_a_sound_study_is_read_with_its_questionnaire(schemas):
    assert read(schemas).main.id == "people"


def test_the_stated_modes_are_those_of_the_first_questionnaires_files(schemas):
    source = "{instrument: people, platform: plain, files: [people.csv]}"
    further = "{instrument: people, platform: PLATFORM, files: [more.csv]MODE}"
    for platform, mode, known in (
        ("plain", "", [""]),
        ("plain", ", mode: web", ["", "web"]),
        ("paper", "", ["", "paper"]),
    ):
        lines = further.replace("PLATFORM", platform).replace("MODE", mode)
        study = STUDY.replace(source, f"{source}\n  - {lines}")
        assert read(schemas, study=study).modes == known


@pytest.mark.parametrize("name", ["coproduction", "cowles", "bfi"])
def test_every_shipped_study_is_sound(root: Path, schemas, name):
    folder = root / "instruments" / name
    texts = {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    assert read_study(texts, f"instruments/{name}", schemas).settings["study"]["id"] == name


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("study", "id: small", "id: other", ["study.yaml, line 2", "name of the study's folder"]),
        ("study", "instrument: people", "instrument: folks", ["line 5", "`folks`", "people"]),
        ("study", "languages: [en]", "languages: [fr]", ["line 2", "`fr`"]),
        ("study", "age >= 18", "agee >= 18", ["line 7", "`agee`"]),
        ("study", "age >= 18", "age >= 180", ["line 7, cleaning.eligible", "(>= 180)", "0 to 120"]),
        ("study", "age >= 18", "age == -88", ["line 7", "-88, the code of a missing answer"]),
        ("study", "age >= 18", "age + 1", ["line 7", "`age + 1` is no condition"]),
        (
            "study",
            "cleaning:",
            "cleaning:\n  consistency: [{id: odd, contradiction: hours == 501}]",
            ["line 7, cleaning.consistency.0.contradiction", "(501)", "0 to 500"],
        ),
        ("study", "eligible", "elligible", ["line 7", "did you mean `eligible`"]),
        (
            "study",
            "cleaning:",
            "release: {quasi_identifiers: [age, sex]}\ncleaning:",
            ["study.yaml, line 6", "no item `sex`"],
        ),
        (
            "study",
            "cleaning:",
            "release: {quasi_identifiers: [age], top_code: [{item: our, value: 9}]}\ncleaning:",
            ["line 6", "no item `our`"],
        ),
        (
            "study",
            "cleaning:",
            "cleaning:\n  retest: {waves: [again], person: [code]}",
            ["line 7", "cleaning.retest.person.0", "no item `code`"],
        ),
        (
            "study",
            "cleaning:",
            "release: {quasi_identifiers: [age]}\ncleaning:\n"
            "  retest: {waves: [again], person: [hours]}",
            ["line 8", "`hours` tells persons apart", "release.leave_out"],
        ),
        (
            "study",
            "cleaning:",
            "cleaning:\n  retest: {waves: [again]}",
            ["line 7", "cleaning.retest:", "either `person` or `links`"],
        ),
        (
            "study",
            "cleaning:",
            "weights: {column: wait}\ncleaning:",
            ["line 6, weights.column", "no item with one number `wait`"],
        ),
        (
            "study",
            "cleaning:",
            "weights: {base: {probability: p}}\ncleaning:",
            ["line 6, weights.base", "contact log, which `cleaning.contacts` is to name"],
        ),
        (
            "study",
            "cleaning:",
            "weights: {column: hours, nonresponse: {by: [mode]}}\ncleaning:",
            ["line 6, weights.nonresponse", "already makes up for nonresponse"],
        ),
        (
            "study",
            "cleaning:",
            "weights: {column: hours, design: {stages: [{unit: plaice}]}}\ncleaning:",
            ["line 6, weights.design.stages.0.unit", "no item `plaice`"],
        ),
        (
            "study",
            "cleaning:",
            "weights: {column: hours, replicates: {prefix: age, kind: BRR}}\ncleaning:",
            ["line 6, weights.replicates.prefix", "no two items are called `age` and a number"],
        ),
        (
            "study",
            "cleaning:",
            "weights: {column: hours, replicates: {columns: [age, hours], kind: bootstrap}}\n"
            "cleaning:",
            ["line 6, weights.replicates", "kind `bootstrap` need `scale`"],
        ),
        (
            "study",
            "cleaning:",
            "release: {quasi_identifiers: [hours]}\nweights: {column: hours}\ncleaning:",
            ["line 6, release.quasi_identifiers.0", "`hours` tells how people were drawn"],
        ),
        ("plan", "hours > 10", "hour > 10", ["plan.yaml, line 4", "`hour`"]),
        ("plan", "hours > 10", "hours >", ["line 4", "not a complete expression"]),
        ("plan", "hours > 10", "hours > 500", ["line 4, variables.0.expression", "(> 500)"]),
        ("plan", "HC3", 'HC3\n    subset: "busy == 2"', ["line 12, models.0.subset", "are 0, 1"]),
        ("plan", "HC3", "HC3\n    subset: busy", ["line 12", "`busy` is no condition"]),
        (
            "plan",
            'expression: "hours > 10"',
            "recode: {item: age, values: {'1': 0, '121': 1}}",
            ["line 4, variables.0.recode.values.121", "`age` is never 121", "0 to 120"],
        ),
        (
            "plan",
            "{variable: age}",
            "{variable: age, categorical: true, reference: 130}",
            ["line 10, models.0.predictors.0.reference", "`age` is never 130"],
        ),
        (
            "plan",
            "models:",
            'descriptions: [{id: d, label: {en: D}, outcome: age, by: hours, subset: "hous > 1"}]\n'
            "models:",
            ["line 5, descriptions.0.subset", "`hous`"],
        ),
        ("plan", "id: busy", "id: hours", ["line 4", "already the name"]),
        ("plan", "outcome: busy", "outcome: lazy", ["line 8", "`lazy`"]),
        ("plan", "{variable: age}", "{variable: aged}", ["line 10", "`aged`"]),
        ("plan", "covariance: HC3", "covariance: CR2", ["needs a `cluster`"]),
        ("plan", "covariance: HC3", "covariance: HC9", ["line 11", "`HC9`", "CR2"]),
        ("plan", "HC3", "classical\n    random: intercept", ["line 12", "needs a `cluster`"]),
        ("plan", "HC3", "HC3\n    random_slope: age", ["line 12", "needs `random: intercept`"]),
        ("plan", "HC3", "HC3\n    cluster: age\n    random: intercept", ["line 11", "classical"]),
        ("plan", "[{variable: age}]", "[]", ["line 10", "needs `random: intercept`"]),
        (
            "plan",
            "models:",
            'populations: [{condition: "age > 9", label: {en: "Old"}}]\nmodels:',
            ["line 5", "no model or description has the `subset` `age > 9`"],
        ),
        (
            "plan",
            "models:",
            "specifications: {outcomes: [lazy]}\nmodels:",
            ["line 5", "`specifications` is no longer read here", "`grids`"],
        ),
        ("plan", "model: one", "model: two", ["line 18", "`two`"]),
        ("plan", "family: main", "family: side", ["line 17", "`side`"]),
        ("plan", "families:", APART, ["line 10", "`age` must not predict `busy`: age is late."]),
    ],
)
def test_a_mistake_is_named_with_file_line_and_remedy(schemas, file, old, new, expected):
    texts = {"study": STUDY, "plan": PLAN}
    texts[file] = texts[file].replace(old, new, 1)
    with pytest.raises(StudyError) as error:
        read(schemas, study=texts["study"], plan=texts["plan"])
    for part in expected:
        assert part in str(error.value)


def test_what_tells_how_people_were_drawn_is_never_released(schemas):
    blocks = "release: {quasi_identifiers: [age]}\nweights: {column: hours}\ncleaning:"
    study = read(schemas, study=STUDY.replace("cleaning:", blocks))
    assert study.release_rules["leave_out"] == ["hours"]
    assert read(schemas).release_rules == {} and read(schemas).weights is None


DIAGRAM = """
diagram:
  label: {en: "Causes"}
  nodes:
    - {id: age, role: exposure}
    - {id: busy, role: outcome}
    - {id: luck, unmeasured: true, label: {en: "Luck"}}
  edges:
    - [age, busy]
    - [luck, busy]
families:"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[luck, busy]", "[luck, bussy]", ["edges.1", "`luck -> bussy`: there is no node `bussy`"]),
        ("[luck, busy]", "[luck, luck]", ["edges.1", "`luck -> luck` leads from a node to itself"]),
        ("[luck, busy]", "[age, busy]", ["edges.1", "`age -> busy` stands twice"]),
        (
            "[luck, busy]",
            "[busy, luck]\n    - [luck, age]",
            ["edges.2", "`luck -> age` closes a circle", "`age -> busy -> luck -> age`"],
        ),
        ("- [luck, busy]", "", ["nodes.2", "no edge touches `luck`"]),
        ("{id: age, ", "{id: aged, ", ["nodes.0", "`aged` is neither an item"]),
        ("{id: age, ", "{id: old, variables: [age], ", ["nodes.0", "`old` needs a `label`"]),
        ("{id: busy, role", "{id: age, role", ["nodes.1", "`age` stands twice"]),
        (
            'unmeasured: true, label: {en: "Luck"}',
            'variables: [hours], label: {en: "L"}',
            ["nodes.2", "`hours` stands in the nodes `busy` and `luck`"],
        ),
        (', label: {en: "Luck"}', "", ["nodes.2", "an unmeasured node has a `label`"]),
        (", role: outcome", "", ["diagram.nodes", "no node has the role `outcome`"]),
        ("role: exposure", "role: cause", ["nodes.0.role", "`cause`"]),
    ],
)
def test_a_mistake_in_the_causal_diagram_is_named(schemas, old, new, expected):
    sound = PLAN.replace("families:", DIAGRAM.lstrip(), 1)
    assert read(schemas, plan=sound).plan.diagram
    with pytest.raises(StudyError) as error:
        read(schemas, plan=sound.replace(old, new, 1))
    for part in ["plan.yaml, line", *expected]:
        assert part in str(error.value)


SPLIT = "{variable: age, split: within_cluster}]\n    cluster: hours"
BOTH = "{variable: age, split: within_between}, {variable: hours, split: within_between}]"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{variable: age}]", BOTH, ["line 10", "`within_between`", "write `within_cluster`"]),
        ("{variable: age}]", SPLIT.partition("]")[0] + "]", ["line 10", "needs a `cluster`"]),
        (
            "{variable: age}]",
            SPLIT.replace("split", "categorical: true, split"),
            ["is for numbers"],
        ),
        ("id: busy", "id: age_mean", ["line 10", "`age_mean`", "rename"]),
    ],
)
def test_a_mistake_in_a_split_is_named(schemas, old, new, expected):
    sound = PLAN.replace("{variable: age}]", SPLIT).replace(
        "effect, variable: age", "effect, variable: age_mean"
    )
    assert read(schemas, plan=sound).plan
    plan = sound if old in sound else PLAN
    plan = plan.replace(old, new, 1).replace("outcome: busy", "outcome: hours")
    with pytest.raises(StudyError) as refused:
        read(schemas, plan=plan)
    for part in ["plan.yaml", *expected]:
        assert part in str(refused.value)


def test_every_line_with_a_value_of_old_is_named_at_once(schemas):
    old = PLAN.replace("{variable: age}]", BOTH.replace("}, {", "},\n      {"))
    with pytest.raises(StudyError, match=r"(?s)line 10.*\n.*line 11"):
        read(schemas, plan=old)


PLACES = {
    "data.0.files.0": ("[people.csv]", "[FILE]"),
    "instruments.0": ("[instrument.yaml]", "[FILE]"),
    "cleaning.contacts.file": (
        "cleaning:",
        "cleaning:\n  contacts: {file: FILE, dispositions: {}}",
    ),
    "cleaning.retest.links": ("cleaning:", "cleaning:\n  retest: {waves: ['2'], links: FILE}"),
    "simulation.truth": ("cleaning:", "simulation: {truth: FILE}\ncleaning:"),
}


@pytest.mark.parametrize(
    "file",
    [
        *("../other/a.csv", "..", "a/../../b.csv", "/etc/passwd", "//host/a.csv", "a/..", "."),
        *("C:/a.csv", "c:a.csv", "..\\a.csv", "a\\b.csv", "a/", "./a.csv", ""),
    ],
)
@pytest.mark.parametrize("place", PLACES)
def test_no_file_that_a_study_names_leaves_its_folder(schemas, place, file):
    old, new = PLACES[place]
    with pytest.raises(StudyError, match=rf"study\.yaml, line \d+, {place}: .*`\.\.`"):
        read(schemas, study=STUDY.replace(old, new.replace("FILE", f"'{file}'"), 1))


@pytest.mark.parametrize("file", ["居民 1.csv", "wave1/a.b.csv", "a..csv", "..a.csv", ".hidden"])
def test_names_and_folders_within_are_files_of_a_study(schemas, file):
    study = read(schemas, study=STUDY.replace("people.csv", f"'{file}'"))
    assert study.settings["data"][0]["files"] == [file]


def test_nothing_is_read_twice(schemas):
    with pytest.raises(StudyError, match=r"line 5, data.0.files: `people.csv` stands twice"):
        read(schemas, study=STUDY.replace("people.csv", "people.csv, people.csv"))
    texts = {"study.yaml": STUDY.replace("[instrument.yaml]", "[instrument.yaml, b.yaml]")}
    texts |= {"plan.yaml": PLAN, "instrument.yaml": INSTRUMENT, "b.yaml": INSTRUMENT}
    with pytest.raises(StudyError, match=r"instruments.1: `b.yaml` has the id of"):
        read_study(texts, "instruments/small", schemas)


def test_a_missing_file_is_named(schemas):
    with pytest.raises(StudyError, match=r"instruments/small/plan\.yaml is missing"):
        read_study(
            {"study.yaml": STUDY, "instrument.yaml": INSTRUMENT}, "instruments/small", schemas
        )
