"""AAPOR outcome rates against the R package outcomerate and against rates worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.cleaning.dispositions import OUTCOMES
from coproduction.cleaning.response_rates import (
    COLUMNS,
    RATES,
    aapor,
    no_rates,
    response_rates,
    row,
)

# The counts behind tests/reference/rates/outcomerate.csv; break-offs are refusals there.
COUNTS = {
    "complete": 760,
    "partial": 32,
    "refusal": 40,
    "break_off": 19,
    "non_contact": 288,
    "other": 12,
    "unknown_household": 120,
    "unknown_other": 60,
    "not_eligible": 71,
}


def contacts(**counts) -> pd.DataFrame:
    rows = [
        {"frame": frame, "mode": mode, "outcome": outcome, "count": number}
        for (frame, mode), tally in counts["cells"].items()
        for outcome, number in tally.items()
    ]
    return pd.DataFrame(rows)


def test_every_rate_equals_outcomerate(root):
    reference = pd.read_csv(root / "tests/reference/rates/outcomerate.csv")
    expected = {name.lower(): value for name, value in reference.to_numpy()}
    result = row(COUNTS)
    assert set(expected) - set(RATES) == {"loc1", "loc2"}
    for name in RATES:
        assert result[name] == pytest.approx(expected[name], abs=1e-10), name


def test_the_rates_by_hand():
    """1331 cases of which 1151 known to be eligible, 180 unknown; e = 1151 / 1222."""
    e = 1151 / 1222
    result = row(COUNTS)
    assert result["eligibility"] == pytest.approx(e, abs=1e-15)
    assert result["rr1"] == pytest.approx(760 / 1331, abs=1e-15)
    assert result["rr4"] == pytest.approx(792 / (1151 + e * 180), abs=1e-15)
    assert result["rr6"] == pytest.approx(792 / 1151, abs=1e-15)
    assert result["coop1"] == pytest.approx(760 / 863, abs=1e-15)
    assert result["coop4"] == pytest.approx(792 / 851, abs=1e-15)
    assert result["ref2"] == pytest.approx(59 / (1151 + e * 180), abs=1e-15)
    assert result["con3"] == pytest.approx(863 / 1151, abs=1e-15)
    assert result["break_off_rate"] == pytest.approx(19 / (760 + 32 + 19), abs=1e-15)
    assert result["contacts"] == 1402


def test_a_stated_eligibility_replaces_the_estimate():
    assert row(COUNTS, eligibility=0.5)["rr3"] == pytest.approx(760 / (1151 + 90), abs=1e-15)
    assert row(COUNTS, eligibility=1.0)["rr3"] == row(COUNTS)["rr1"]
    assert row(COUNTS, eligibility=0.0)["rr3"] == row(COUNTS)["rr5"]


def test_frames_are_never_pooled_and_modes_stand_within_frames():
    log = contacts(
        cells={
            ("address", "visit"): {"complete": 6, "refusal": 4},
            ("address", "telephone"): {"complete": 1, "non_contact": 9},
            ("roster", "visit"): {"complete": 5},
        }
    )
    table = response_rates(log).set_index(["frame", "mode"])
    assert list(table.index) == [
        ("address", "all"),
        ("address", "telephone"),
        ("address", "visit"),
        ("roster", "all"),
        ("roster", "visit"),
    ]
    assert table["rr1"].tolist() == pytest.approx([7 / 20, 1 / 10, 6 / 10, 1, 1], abs=1e-15)
    assert list(response_rates(log).columns) == list(COLUMNS)


def test_an_open_link_has_participation_and_no_response_rate():
    log = contacts(
        cells={
            ("poster", "web"): {"complete": 30, "partial": 6, "break_off": 4, "refusal": 60},
            ("address", "visit"): {"complete": 1},
        }
    )
    table = response_rates(log, open_frames=["poster"]).set_index(["frame", "mode"])
    link = table.loc[("poster", "all")]
    assert link["participation_rate"] == pytest.approx(36 / 100, abs=1e-15)
    assert link["completion_rate"] == pytest.approx(30 / 40, abs=1e-15)
    assert link["break_off_rate"] == pytest.approx(4 / 40, abs=1e-15)
    assert link[["eligibility", *RATES]].isna().all()
    assert np.isnan(table.loc[("address", "all"), "participation_rate"])


def test_nobody_in_a_denominator_gives_no_rate():
    result = row(dict.fromkeys(OUTCOMES, 0))
    assert all(np.isnan(result[name]) for name in (*RATES, "eligibility", "break_off_rate"))


def test_a_study_without_a_contact_log_has_the_columns_and_no_row():
    assert list(no_rates().columns) == list(COLUMNS) and no_rates().empty


@given(
    counts=st.lists(st.integers(0, 500), min_size=9, max_size=9),
    eligibility=st.floats(0, 1),
)
def test_rates_are_shares_in_the_order_of_their_denominators(counts, eligibility):
    tally = dict(zip(OUTCOMES, counts, strict=True))
    rates = aapor(tally, eligibility)
    known = [value for value in rates.values() if not np.isnan(value)]
    assert all(0 <= value <= 1 + 1e-12 for value in known)
    eligible = sum(tally[name] for name in OUTCOMES[:6])
    if eligible:
        assert rates["rr1"] <= rates["rr3"] + 1e-12 <= rates["rr5"] + 2e-12
        assert rates["rr1"] <= rates["rr2"] and rates["rr5"] <= rates["rr6"]
        assert rates["rr6"] + rates["ref3"] <= rates["con3"] + 1e-12
