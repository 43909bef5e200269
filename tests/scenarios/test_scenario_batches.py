"""Replicates go the whole way from raw export to verdict, the same however they are divided."""

from __future__ import annotations

import pandas as pd
import pytest
from town import REPLICATES, analysed, drawn, everything, ready, study
from town_scenarios import SCENARIOS

from coproduction.cleaning.study import Beside, clean_study
from coproduction.inference.analysis import analyse
from coproduction.instrument.definition import Instrument
from coproduction.intake.answers import read_answers
from coproduction.intake.confidential import rejoin
from coproduction.scenarios.batch import COLUMNS
from coproduction.scenarios.joining import joined
from coproduction.simulation.exports import export
from coproduction.simulation.replicate import replicate
from coproduction.tables import write_csv


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return everything()[0]


def answers(instrument: Instrument, files: dict[str, bytes]) -> pd.DataFrame:
    settings = study().settings
    sources = [each for each in settings["data"] if each["instrument"] == instrument.id]
    read = read_answers(instrument, sources, files, synthetic=True)
    return rejoin(read.responses, read.confidential)


def test_a_replicate_has_the_verdicts_of_a_run_of_the_study(rows):
    """The steps of the study itself, on the raw files of the same replicate."""
    seed = study().settings["study"]["seed"]
    files = export(ready("base"), replicate(ready("base"), seed, 2), study().settings)
    main, sheet = study().instruments.values()
    beside = Beside(sheet=sheet, sheets=answers(sheet, files))
    rules = study().settings["cleaning"]
    whole = answers(main, files)
    cleaned = clean_study(whole, main, rules, beside, ["place"], b"key", 5, synthetic=True)
    full = analyse(cleaned.scores, study().plan, seed, cleaned.communities).verdicts
    own = rows[(rows["scenario"] == "base") & (rows["replicate"] == 2)].reset_index(drop=True)
    shared = [name for name in COLUMNS if name in full]
    pd.testing.assert_frame_equal(own[shared], full[shared], check_dtype=False)
    assert full["bootstrap_p_value"].notna().all()


def test_a_batch_is_the_same_whatever_its_size(rows):
    own = rows[rows["scenario"] == "nothing"].drop(columns="scenario").reset_index(drop=True)
    parts = [drawn("nothing", 0), drawn("nothing", 1, 2), drawn("nothing", *range(3, REPLICATES))]
    assert write_csv(pd.concat(parts)) == write_csv(own)


def test_every_row_says_that_it_is_synthetic_and_every_replicate_has_all_hypotheses(rows):
    assert (rows["submitted_by"] == "simulator").all()
    assert len(rows) == len(SCENARIOS) * REPLICATES * len(study().plan.hypotheses)
    assert rows.groupby("scenario")["estimate"].nunique().eq(2 * REPLICATES).all()


def test_parts_put_together_are_as_they_were_written(rows):
    table = rows[["scenario", *(name for name in rows if name != "scenario")]]
    contents = [write_csv(part) for _, part in table.groupby("scenario", sort=False)]
    assert write_csv(joined("scenarios/replicates.csv", contents)) == write_csv(table)


def test_a_study_of_real_data_is_drawn_as_synthetic():
    assert "synthetic" not in analysed().settings["data"][0]
    assert drawn("hurried", 0)["verdict"].ne("").all()


def test_the_town_finds_what_is_true_and_not_what_is_not():
    _, _, told = everything()
    rows = told.set_index(["scenario", "hypothesis", "quantity"])
    assert rows.loc[("base", "H1", "supported"), "value"] >= 0.75
    assert rows.loc[("base", "H1", "bias"), "true_value"] > 0.15
    assert rows.loc[("nothing", "H1", "supported"), "value"] <= 0.25
    assert rows.loc[("nothing", "H1", "bias"), "true_value"] == 0
    assert (rows["n"] <= REPLICATES).all() and (told["submitted_by"] == "simulator").all()
    bias = {name: rows.loc[(name, "H1", "bias"), "value"] for name in SCENARIOS}
    # Careless answers draw an effect to nothing.
    assert bias["hurried"] < bias["base"] - 0.03
