"""A notebook makes the weights that a study asks for, and analyses with them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from questionnaires import headed

import coproduction as cp
from coproduction.cleaning.clean import Cleaned
from coproduction.study import Study

INSTRUMENT = headed(
    "people",
    """
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: place, type: text, role: cluster, text: {en: "Place"}}
      - {id: sex, type: integer, range: [1, 2], text: {en: "Sex"}}
      - {id: given, type: decimal, range: [0, 9], text: {en: "Weight"}}
      - {id: visits, type: integer, range: [0, 500], text: {en: "Visits"}}
""",
)
SETTINGS = """
study: {id: small, title: {en: "Small"}, synthetic: false, seed: 1, languages: [en]}
instruments: [instrument.yaml]
data: [{instrument: people, platform: plain, files: [people.csv]}]
"""
LOGGED = """
cleaning: {contacts: {file: contacts.csv, dispositions: {complete: ["1.1"], refusal: ["2.1"]}}}
weights: {base: {probability: chance}, nonresponse: {by: [frame]}, margins: {file: margins.csv}}
"""
PLAN = """
plan: {version: "1"}
descriptions: [{id: d, label: {en: "Visits"}, outcome: visits, by: sex}]
"""
ANSWERS = """id,place,sex,given,visits
s1,a,1,1,2
s2,a,2,3,4
s3,b,1,3,6
s4,b,2,1,8
"""
LOG = """contact,disposition,submission,frame,chance
k1,1.1,s1,all,0.5
k2,1.1,s2,all,0.25
k3,1.1,s3,all,0.5
k4,1.1,s4,all,0.25
k5,2.1,,all,0.5
"""
MARGINS = "item,value,population,source\nsex,1,0.75,census\nsex,2,0.25,census\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "small"
    made.mkdir()
    return made


def cleaned(folder: Path, settings: str) -> tuple[Cleaned, Study]:
    texts = {"instrument.yaml": INSTRUMENT, "study.yaml": SETTINGS + settings, "plan.yaml": PLAN}
    for name, text in (texts | {"people.csv": ANSWERS, "log.csv": LOG, "m.csv": MARGINS}).items():
        (folder / name).write_text(text, "utf-8")
    study = cp.read_study(folder)
    export = cp.read_export(folder / "people.csv", study.main)
    return cp.clean(export, study.main, study.settings.get("cleaning")), study


def test_a_given_weight_is_taken_and_means_are_weighted(folder):
    answers, study = cleaned(folder, "weights: {column: given}\n")
    means = cp.analyse(cp.weigh(answers, study), study).group_means
    assert means["estimate"].tolist() == pytest.approx([5.0, 5.0])
    assert means["unweighted"].tolist() == pytest.approx([4.0, 6.0])


def test_weights_of_the_contact_log_are_fitted_to_the_margins(folder):
    answers, study = cleaned(folder, LOGGED)
    files = {"contacts": folder / "log.csv", "margins": folder / "m.csv"}
    weight = cp.weigh(answers, study, **files).scores["survey_weight"]
    share = weight.groupby(answers.scores["sex"]).sum() / weight.sum()
    assert share.tolist() == pytest.approx([0.75, 0.25])
    assert "survey_weight" not in answers.scores


def test_what_weights_are_made_of_is_asked_for_by_name(folder):
    answers, study = cleaned(folder, LOGGED)
    with pytest.raises(cp.StudyError, match="made of its `contacts`; give them"):
        cp.weigh(answers, study, margins=folder / "m.csv")
    with pytest.raises(cp.StudyError, match="made of its `margins`; give them"):
        cp.weigh(answers, study, contacts=folder / "log.csv")
    with pytest.raises(cp.StudyError, match="no sheet of communities"):
        cp.weigh(answers, study, communities=pd.DataFrame())


def test_a_study_with_weights_is_not_analysed_without_them(folder):
    answers, study = cleaned(folder, LOGGED)
    for analysed in (cp.analyse, cp.measure):
        with pytest.raises(cp.StudyError, match=r"`weigh\(cleaned, study, …\)` makes them"):
            analysed(answers, study)


def test_a_study_without_weights_has_none_to_make(folder):
    answers, study = cleaned(folder, "")
    with pytest.raises(cp.StudyError, match="no block `weights`"):
        cp.weigh(answers, study)
    assert cp.analyse(answers, study).group_means["unweighted"].isna().all()
