"""How numbers are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from coproduction.report.numbers import beside, degrees, given, interval, p_value


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


@given_any(st.floats(1, 1e9))
def test_degrees_of_freedom_as_written_are_those_computed(value):
    read = float(degrees(value).replace(",", ""))
    assert abs(read - value) <= (0.5 if value >= 1000 else 0.051)


LIMITS = st.integers(1, 9999).map(lambda n: n / 10_000)


@given_any(st.floats(0, 1), LIMITS)
def test_a_number_reads_on_the_side_of_a_limit_that_it_is_on(value, limit):
    read, told = float(beside(value, limit)), float(given(limit))
    assert told == limit
    assert (read < told, read > told) == (value < limit, value > limit)


def test_only_numbers_beside_a_limit_have_more_decimals():
    assert beside(0.8996, 0.9) == "0.8996" and beside(0.8994, 0.9) == "0.899"
    assert beside(0.9, 0.9) == "0.900" and given(0.9) == "0.90"
    assert interval(-0.04001, 0.12, limits=(0.04, -0.04)) == "[−0.04001, 0.120]"
    assert interval(-0.04001, 0.12) == "[−0.040, 0.120]"
    assert beside(math.nan, 0.9) == given(math.nan) == "–"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0496, ".0496"),
        (0.05, ".050"),
        (0.0501, ".0501"),
        (0.04, ".040"),
        (0.0999, ".0999"),
        (0.00991, ".0099"),
        (0.0004, "< .001"),
        (0.9999, "1.000"),
    ],
)
def test_a_p_value_never_reads_as_a_level_that_it_is_not(value, written):
    assert p_value(value) == written
