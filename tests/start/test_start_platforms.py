"""Exports of platforms become studies under which the platform's own reader reads them."""

from __future__ import annotations

import pytest

from coproduction.intake.readers import read_export
from coproduction.schemas import schema
from coproduction.start import start_study
from coproduction.study import read_study

EXPORTS = {
    "central_default.csv": "odk_central",
    "kobo_xml_values.xlsx": "kobotoolbox",
    "limesurvey_code_short.csv": "limesurvey",
    "surveyjs.json": "surveyjs",
    "wjx/numbers.xls": "wenjuanxing",
    "wjx/text.xls": "wenjuanxing",
}


@pytest.mark.parametrize("file", EXPORTS)
def test_an_export_becomes_a_study_that_reads_it(file, root):
    data = (root / "tests/intake/exports" / file).read_bytes()
    files = start_study(data, file, "mine")
    schemas = {name: schema(name) for name in ("instrument", "study", "plan")}
    study = read_study(files, "instruments/mine", schemas)
    assert study.settings["data"][0]["platform"] == EXPORTS[file]
    read = read_export(data, study.main, file, platform=EXPORTS[file])
    assert set(study.main.by_id) <= set(read.responses.columns)


def ticks(root, file: str) -> dict[str, int]:
    """Count who ticked each answer of the eighth question of a started study."""
    data = (root / "tests/intake/exports/wjx" / file).read_bytes()
    schemas = {name: schema(name) for name in ("instrument", "study", "plan")}
    main = read_study(start_study(data, file, "mine"), "instruments/mine", schemas).main
    read = read_export(data, main, file, platform="wenjuanxing")
    given = [cell.split() for cell in read.responses["q8"].dropna()]
    return {
        option.label["zh-CN"]: sum(str(option.value) in cell for cell in given)
        for option in main.by_id["q8"].options
    }


def test_multiple_choices_of_ticks_and_of_joined_words_hold_the_same_answers(root):
    assert ticks(root, "numbers.xls") == ticks(root, "text.xls")
    assert sum(ticks(root, "text.xls").values()) > 800
