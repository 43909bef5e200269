"""Designs are scenarios with other sizes, refused with all their unknown names, and compared."""

from __future__ import annotations

from math import pi

import pandas as pd
import pytest
from town_scenarios import PLAN, SCENARIOS, STUDY, files

from coproduction.dictionary import dictionary
from coproduction.errors import StudyError
from coproduction.planning.designs import changes, design_problems
from coproduction.planning.settings import read_planning
from coproduction.planning.summary import EXPECTED, cheapest, planned, power_of_verdicts
from coproduction.scenarios.reading import read_scenarios
from coproduction.schemas import schema
from coproduction.study import read_study
from coproduction.yamlfiles.yamlfile import read_yaml

NAMES = ("instrument", "study", "plan")
PLANNING = """
planning:
  scenario: base
  hypotheses: {H1: [supported]}
  assumed: {H1: {outcome_sd: 0.5}}
  designs:
    - {id: few, label: {en: "Few"}, communities: 10, drawn: {all: 20}, response_rate: 0.5,
       item_nonresponse: 0.1, careless: 0.2, intraclass_correlations: {served: 0.25, trust: 0.1}}
    - {id: many, label: {en: "Many"}, communities: 30, drawn: {all: 20}, response_rate: 0.5}
"""
TRUTH = {
    "equations": {"served": {"logit": {"rate": 0.4}}, "trust": {}},
    "sample": {"frames": {"all": {"drawn": {"mean": 40}}}},
}


def study_of(planning: str = PLANNING):
    texts = {name: text for name, text in files().items() if name.endswith(".yaml")}
    texts |= {"study.yaml": STUDY + planning}
    return read_study(texts, "town", {name: schema(name) for name in NAMES})


def scenarios(plan):
    rules = schema("scenario")
    named = {name: read_yaml(text, name, rules) for name, text in SCENARIOS.items()}
    return read_scenarios(named, plan)


def test_a_design_changes_sizes_rates_and_shares_of_variance():
    few, many = study_of().planning.designs
    found = changes(few, TRUTH)
    assert found["communities"] == {"number": 10}
    assert found["sample"]["frames"] == {"all": {"drawn": {"mean": 20}}}
    assert found["equations"]["responds"] == {"logit": {"rate": 0.5}}
    assert found["equations"]["careless"] == {"logit": {"rate": 0.2}}
    between = found["equations"]["served"]["community_sd"] ** 2
    assert between / (between + pi**2 / 3) == pytest.approx(0.25)
    assert found["equations"]["trust"] == {"community_share": 0.1}
    assert "nonresponse" not in changes(many, TRUTH)


def test_every_unknown_name_of_the_plan_is_told_with_its_line():
    wrong = PLANNING.replace("{H1: [supported]}", "{H9: [supported]}").replace(
        "id: many", "id: few"
    )
    with pytest.raises(StudyError) as told:
        study_of(wrong.replace("{H1: {outcome_sd", "{H8: {outcome_sd"))
    for name in ("`H9`", "`H8`", "`few` is another design's"):
        assert name in str(told.value)
    assert str(told.value).count("study.yaml, line") == 3


def test_every_unknown_name_of_the_truth_is_found_at_once():
    study = study_of(PLANNING.replace("served: 0.25", "sarved: 0.25"))
    truth = TRUTH | {"sample": {"frames": {}}}
    found = list(design_problems(study.planning, scenarios(study.plan), truth))
    assert [path[3:] for path, _ in found] == [
        ("drawn", "all"),
        ("intraclass_correlations", "sarved"),
        ("drawn", "all"),
    ]
    assert "did you mean `served`" in found[1][1]
    lost = read_planning(study.settings["planning"] | {"scenario": "bose"})
    ((path, message),) = design_problems(lost, scenarios(study.plan), truth)
    assert path == ("planning", "scenario") and "`base`" in message


def test_only_the_models_of_planned_hypotheses_are_fitted():
    study = study_of()
    assert "beside" in PLAN
    reduced = planned(study.plan, study.planning)
    assert [each.id for each in reduced.hypotheses] == ["H1"]
    assert [each.id for each in reduced.models] == ["main"]


def replicates(design: str, verdicts: list[str]) -> pd.DataFrame:
    found = pd.DataFrame({"verdict": verdicts, "hypothesis": "H1", "design": design})
    return found.assign(std_error=0.02, df=60.0, conf_low=0.0, conf_high=0.08)


def test_power_is_the_share_of_expected_verdicts_with_its_error_and_bound():
    planning = study_of().planning
    few = replicates("few", ["supported"] * 10 + ["inconclusive"] * 30)
    many = replicates("many", ["supported"] * 39 + ["not_estimable"])
    found = power_of_verdicts(pd.concat([few, many]), planning)
    assert list(found) == list(dictionary().tables["planning/power.csv"])
    known = found.set_index(["design", "quantity"])
    assert known.loc[("few", EXPECTED), "value"] == 0.25
    assert known.loc[("few", EXPECTED), "mc_error"] == pytest.approx((0.25 * 0.75 / 40) ** 0.5)
    assert known.loc[("few", EXPECTED), "judgement"] == "broken"
    assert known.loc[("many", EXPECTED), "judgement"] == "held"
    assert known.loc[("many", "not_estimable"), "value"] == 0.025
    assert known.loc[("few", "interval_length"), "value"] == pytest.approx(0.08)
    assert known.loc[("few", "minimum_detectable_effect"), "value"] == pytest.approx(
        0.0569, abs=2e-4
    )


@pytest.mark.parametrize(
    ("second", "within", "name"), [(False, True, "many"), (True, True, "few"), (True, False, None)]
)
def test_the_cheapest_design_within_the_budget_is_named(second, within, name):
    designs = pd.DataFrame({"design": ["many", "few"], "cost": [3.0, 1.0], "within_budget": within})
    told = {"design": ["few", "few", "many"], "reached": [True, second, True]}
    assert cheapest(designs, pd.DataFrame(told)) == name
