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
