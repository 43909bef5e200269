"""Scenarios are read with the truth that they change, and refused with their lines."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from town import scenarios_of, truth_in, truth_with
from town_scenarios import SCENARIOS

from coproduction.errors import StudyError
from coproduction.inference.verdicts import Verdict
from coproduction.scenarios.reading import Expectation, read_scenarios
from coproduction.scenarios.truths import scenario_truth
from coproduction.schemas import schema
from coproduction.study import read_study
from coproduction.yamlfiles.yamlfile import read_yaml


def changed(name: str, old: str, new: str) -> dict[str, str]:
    assert SCENARIOS[name].count(old) == 1
    return SCENARIOS | {name: SCENARIOS[name].replace(old, new)}


def causes(scenario) -> dict:
    return dict(truth_in(scenario).system.equations["served"].causes)


def test_a_scenario_changes_the_truth_where_it_says_so():
    read = scenarios_of(SCENARIOS)
    assert causes(read["base"]) == {("trust",): 1.2}
    assert causes(read["nothing"]) == {}
    assert "careless" not in truth_in(read["base"]).system.equations
    assert truth_in(read["hurried"]).system.equations["careless"].link.rate == 0.4


def test_a_scenario_that_extends_another_changes_its_truth_further():
    further = SCENARIOS["hurried"].replace("extends: base", "extends: nothing")
    scenario = scenarios_of(SCENARIOS | {"further": further})["further"]
    assert causes(scenario) == {}
    assert truth_in(scenario).system.equations["careless"].link.rate == 0.4
    assert set(scenario.verdicts) == {"H1"}


def test_verdicts_that_stand_nowhere_may_come_unless_all_that_may_are_named():
    asked = scenarios_of(SCENARIOS)
    assert not asked["base"].verdicts["H1"].forbids("inconclusive")
    assert asked["base"].verdicts["H2"].forbids("supported")
    assert asked["hurried"].verdicts["H1"].forbids("contradicted")
    assert not Expectation(must=("supported",), may=("inconclusive",)).forbids("supported")


def test_the_schema_names_the_verdicts_that_there_are():
    named = schema("scenario")["$defs"]["verdicts"]["items"]["enum"]
    assert named == list(get_args(Verdict))


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("base", "verdicts:", "verdict:", r"base.yaml, line 4, .*unknown key.*mean `verdicts`"),
        ("base", "must:", "musst:", r"base.yaml, line 5, verdicts.H1.musst: .*mean `must`"),
        ("base", "H2:", "H7:", r"base.yaml, line 6, verdicts.H7: the plan has no hypothesis `H7`"),
        ("base", "[supported]", "[suported]", r"base.yaml, line 5, .*`suported`, allowed are supp"),
        ("hurried", "base\n", "bsae\n", r"hurried.yaml, line 4, extends: there is no scenario"),
        ("hurried", "base\n", "null\n", r"hurried.yaml, line 4, extends: found `null`, which YAML"),
        ("hurried", "base\n", "hurried\n", r"hurried.yaml, line 4, extends: scenarios extend each"),
        ("hurried", "must_not: 0.2", "must_not: 2", r"hurried.yaml, line 9, limits.must_not:"),
        (
            "base",
            "{must: [supported]}",
            "{must: [supported], must_not: [supported]}",
            r"base.yaml, line 5, verdicts.H1.must_not.0: `supported` stands under `must` too",
        ),
    ],
)
def test_what_is_misspelt_is_refused_with_file_line_and_key(name, old, new, told):
    with pytest.raises(StudyError, match=told):
        scenarios_of(changed(name, old, new))


def test_all_that_is_amiss_in_all_files_is_told_at_once():
    texts = changed("base", "H2:", "H7:") | {
        "hurried": SCENARIOS["hurried"].replace("H1:", "H8:").replace("base\n", "bsae\n")
    }
    with pytest.raises(StudyError) as told:
        scenarios_of(texts)
    assert len(str(told.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "  equations: {served: {cuases: {trust: 1}}}",
            r"line 9, equations.served.cuases: .*`causes`",
        ),
        ("  equations:\n    srved: {causes: {trust: 1}}", r"line 10, equations.srved: there is no"),
        ("  equations:\n    served: {causes: {trsut: 1}}", r"line 10, equations.served.*trsut"),
        ("  equations:\n    served: {causes: {duty: ~}}", r"line 10, .*nothing to take away"),
        ("  conditions: {often: 'hours > 9'}", r"line 9, conditions.often: there is no `often`"),
        ("  communities: {number: many}", r"line 9, communities.number: found `many`, expected"),
        ("  scales: {constructs: {trsut: {dont_know: 0}}}", r"line 9, .*trsut"),
    ],
)
def test_a_change_that_leads_nowhere_is_refused_on_its_line_of_the_scenario(text, told):
    with pytest.raises(StudyError, match=f"changed.yaml, {told}"):
        truth_with(text)


def test_a_new_variable_that_something_else_names_is_taken():
    truth = truth_with(
        "  conditions: {eager: 'keen > 1'}\n"
        "  equations: {keen: {causes: {trust: 0.2}}, served: {causes: {eager: 1}},"
        " hours: {count: {mean: 3}}}"
    )
    assert {"keen", "hours"} <= set(truth.system.equations)


def test_the_shipped_scenarios_can_be_drawn_from_and_say_their_true_values(root):
    folder = root / "instruments/coproduction"
    texts = {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    rules = {name: schema(name) for name in ("instrument", "study", "plan")}
    shipped = read_study(texts, "instruments/coproduction", rules)
    files = {path.stem: path.read_text("utf-8") for path in (folder / "scenarios").glob("*.yaml")}
    documents = {name: read_yaml(text, name, schema("scenario")) for name, text in files.items()}
    base = read_yaml(texts["truth.yaml"], "truth.yaml", schema("truth"))
    read = read_scenarios(documents, shipped.plan)
    assert len(read) == 18
    for name, scenario in read.items():
        scenario_truth(scenario, base, schema("truth"), *shipped.instruments.values())
        assert set(scenario.label) == set(scenario.why) == {"zh-CN", "en"}
        assert re.search(r"^# True total effects.* H1 \S+, H2 \S+, H3 \S+", files[name], re.M), name
