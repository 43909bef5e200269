from __future__ import annotations

import numpy as np
import pandas as pd
from plans import variables_of

from coproduction.inference.data.variables import derive

TABLE = pd.DataFrame(
    {
        "did": [1.0, 1, 2, np.nan, 1],
        "required": [1.0, 5, np.nan, np.nan, np.nan],
        "ticks": pd.array(["1 3", "9", None, "2", "1 2 3"], "string"),
    }
)


def test_a_condition_is_unknown_only_where_the_answers_leave_it_open():
    result = derive(
        TABLE, variables_of([{"id": "own", "expression": "did == 1 and required <= 4"}])
    )
    np.testing.assert_array_equal(result["own"], [1, 0, 0, np.nan, np.nan])


def test_a_recode_sends_codes_it_does_not_name_to_missing():
    rule = {"id": "share", "recode": {"item": "required", "values": {"1": 0.0, "4": 0.75}}}
    result = derive(TABLE, variables_of([rule]))["share"]
    np.testing.assert_array_equal(result, [0, np.nan, np.nan, np.nan, np.nan])


def test_a_count_leaves_out_the_options_that_do_not_count():
    result = derive(
        TABLE, variables_of([{"id": "kinds", "count": {"item": "ticks", "exclude": [9]}}])
    )
    np.testing.assert_array_equal(result["kinds"], [2, 0, np.nan, 1, 3])


def test_a_later_variable_may_use_an_earlier_one():
    rules = [
        {"id": "double", "expression": "did * 2"},
        {"id": "more", "expression": "double > 2"},
    ]
    np.testing.assert_array_equal(derive(TABLE, variables_of(rules))["more"], [0, 0, 1, np.nan, 0])
