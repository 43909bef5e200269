"""The tables that models are fitted to: what their rows stand for is told once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from plans import model_of, plan_of

from coproduction.errors import Refusal, StudyError
from coproduction.inference.data.design import design
from coproduction.inference.data.tables import tables_of
from coproduction.rows import rows_of

MODEL = {
    "outcome": "y",
    "family": "gaussian",
    "predictors": [{"variable": "x"}],
    "covariance": "HC3",
}


def people() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    place = np.repeat(["b", "a", "c"], 10)
    return pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30), "place": place})


def planned(*models: dict) -> dict:
    return {"models": [{**MODEL, **each, "id": f"m{n}"} for n, each in enumerate(models)]}


def test_models_of_the_same_clusters_share_their_rows_and_others_have_their_own():
    plan = plan_of(planned({}, {"cluster": "place"}, {"cluster": "place", "covariance": "CR2"}))
    tables = tables_of(people(), plan, None)
    rows = [tables.of(model.level, model.cluster)[1] for model in plan.models]
    assert rows[0].n_clusters is None
    assert rows[1] is rows[2] and rows[1].cluster.names.tolist() == ["a", "b", "c"]


def test_rows_that_are_handed_down_give_the_design_that_its_own_rows_give():
    table, model = people(), model_of({**MODEL, "id": "m", "cluster": "place"})
    table.loc[3, "x"] = np.nan
    alone, handed = design(table, model), design(table, model, rows_of(table, "place"))
    pd.testing.assert_frame_equal(alone.matrix, handed.matrix)
    assert handed.rows.index.equals(handed.matrix.index) and len(handed.rows) == 29
    np.testing.assert_array_equal(alone.rows.cluster.codes, handed.rows.cluster.codes)


def test_rows_of_another_table_are_refused():
    table, model = people(), model_of({**MODEL, "id": "m"})
    with pytest.raises(StudyError, match="A row labelled `29` is not among those"):
        design(table, model, rows_of(table.iloc[:29]))


def test_a_cluster_that_the_table_lacks_spoils_its_own_model_only():
    plan = plan_of(planned({}, {"cluster": "town"}))
    tables = tables_of(people(), plan, None)
    first, second = (tables.of(model.level, model.cluster) for model in plan.models)
    assert len(design(first[0], plan.models[0], first[1]).outcome) == 30
    with pytest.raises(Refusal, match="town"):
        design(second[0], plan.models[1], second[1])
