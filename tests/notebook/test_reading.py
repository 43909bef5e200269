from __future__ import annotations

import pandas as pd
import pytest

import coproduction as cp


def test_a_study_is_read_from_its_folder(root):
    study = cp.read_study(root / "instruments" / "cowles")
    assert study.main.id == "volunteers"
    assert study.to_frame()["file"].tolist() == ["instrument.yaml"]
    assert repr(study).startswith("Study cowles: models planned 1")


def test_an_export_is_read_cleaned_and_scored(root):
    questionnaire = cp.read_instrument(root / "instruments" / "bfi" / "instrument.yaml")
    export = cp.read_export(root / "data" / "raw" / "bfi" / "bfi.csv", questionnaire)
    cleaned = cp.clean([export], questionnaire)
    pd.testing.assert_frame_equal(cp.clean(export, questionnaire).scores, cleaned.scores)
    scales = cp.scales(cleaned.scores, questionnaire)
    assert list(scales["agreeableness"]) == ["a1_r", "a2", "a3", "a4", "a5"]
    assert "Analysed: 2,800 of 2,800" in repr(cleaned)
    assert "Submissions: 2,800" in repr(export)
    assert "28 items" in repr(questionnaire)


def test_rules_of_cleaning_are_those_of_a_study(root):
    study = cp.read_study(root / "instruments" / "cowles")
    export = cp.read_export(root / "data" / "raw" / "cowles" / "cowles.csv", study.main)
    rules = {"eligible": "extraversion > 12"}
    kept = cp.clean(export, study.main, rules).scores
    assert 0 < len(kept) < len(export.responses)
    assert kept["extraversion"].min() > 12


@pytest.mark.parametrize("read", [cp.read_instrument, lambda file: cp.read_export(file, None)])
def test_a_file_that_is_not_there_is_told(read, tmp_path):
    with pytest.raises(cp.StudyError, match=r"none\.yaml cannot be read: No such file"):
        read(tmp_path / "none.yaml")


def test_what_is_wrong_in_a_questionnaire_is_told_with_its_line(tmp_path):
    file = tmp_path / "instrument.yaml"
    file.write_text("instrument: {id: x}\nitemz: []\n", "utf-8")
    with pytest.raises(cp.StudyError, match=r"instrument\.yaml, line 2, itemz: unknown key"):
        cp.read_instrument(file)
