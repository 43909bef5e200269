"""How numbers are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.report.numbers import degrees


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (18.25, "18.2"),
        (18.0, "18"),
        (999.94, "999.9"),
        (1509.0, "1,509"),
        (490804.9, "490,805"),
        (math.inf, "∞"),
        (math.nan, "–"),
    ],
)
def test_degrees_of_freedom_have_a_decimal_only_where_it_says_something(value, written):
    assert degrees(value) == written


@given(st.floats(1, 1e9))
def test_degrees_of_freedom_as_written_are_those_computed(value):
    read = float(degrees(value).replace(",", ""))
    assert abs(read - value) <= (0.5 if value >= 1000 else 0.051)
