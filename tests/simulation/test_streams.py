"""Everybody has random numbers of their own for each mechanism: nothing moves another's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from towns import answered, ready, world

from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.people import inhabitants

BASE = {
    "conditions": '{woman: "sex == 1"}',
    "drive": "{}",
    "duty": "{causes: {trust: 0.3}}",
    "served": "{logit: {rate: 0.3, values: [2, 1]}, causes: {drive: 0.5}, community_sd: 0.2}",
    "hours": "{lognormal: {median: 10, spread: 0.8, most: 100}}",
    "scales": "{}",
    "styles": "{}",
}
ITEMS = ("t1", "t2", "t3", "t4", "mark", "u1", "u2", "u3")


def text(**changes: str) -> str:
    parts = {**BASE, **changes}
    equations = "".join(
        f"  {name}: {parts[name]}\n" for name in ("drive", "duty", "served", "hours")
    )
    others = "".join(f"{name}: {parts[name]}\n" for name in ("conditions", "scales", "styles"))
    return f"{others}equations:\n{equations}"


CHANGES = {
    "an effect": ({"served": BASE["served"].replace("0.5", "0.9")}, {"served"}),
    "a rate": ({"served": BASE["served"].replace("0.3", "0.5")}, {"served"}),
    "a random intercept": ({"served": BASE["served"].replace("0.2", "0.7")}, {"served"}),
    "a random slope": (
        {"served": BASE["served"].replace("community_sd", "slope_sd: {drive: 0.3}, community_sd")},
        {"served"},
    ),
    "a skew": ({"drive": "{skew: 1.0}"}, {"drive", "served"}),
    "a community share": ({"drive": "{community_share: 0.3}"}, {"drive", "served"}),
    "a path between latents": ({"duty": "{causes: {trust: 0.6}}"}, {"duty", "u1", "u2", "u3"}),
    "hours": ({"hours": BASE["hours"].replace("10", "20")}, {"hours"}),
    "a loading": ({"scales": "{items: {t1: {loading: 0.4}}}"}, {"t1"}),
    "a cross-loading": ({"scales": "{items: {t1: {cross_loadings: {duty: 0.3}}}}"}, {"t1"}),
    "thresholds": (
        {"scales": "{thresholds: {hard: [0, 1, 2, 3]}, constructs: {duty: {thresholds: hard}}}"},
        {"u1", "u2", "u3"},
    ),
    "facets": ({"scales": "{constructs: {trust: {facet_loading: 0.4}}}"}, {"t1", "t2", "t3", "t4"}),
    "not knowing": ({"scales": "{items: {u2: {dont_know: 0.3}}}"}, {"u2"}),
    "a difference between groups": (
        {"scales": "{differences: [{condition: woman, items: [t2], shift: 1}]}"},
        {"t2"},
    ),
    "acquiescence": ({"styles": "{acquiescence: {loading: 0.4}}"}, set(ITEMS)),
    "desirability of one construct": (
        {"styles": "{desirability: {loading: 0.4, constructs: [duty]}}"},
        {"u1", "u2", "u3"},
    ),
    "extreme answers": ({"styles": "{extreme: {strength: 0.5}}"}, set(ITEMS)),
    "answers in the middle": ({"styles": "{midpoint: {strength: 0.5}}"}, set(ITEMS)),
}


def everything(changes: dict[str, str]) -> dict[str, np.ndarray]:
    generator = ready(text(**changes))
    true = world(generator, 20, 40)
    return {**true.values, **answered(generator, true)}


@pytest.mark.parametrize("what", CHANGES)
def test_a_switch_changes_what_it_names_and_nothing_else(what):
    changes, moved = CHANGES[what]
    before, after = everything({}), everything(changes)
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    assert changed == moved


def test_a_replicate_depends_on_seed_and_number_alone():
    generator = ready(text())
    first = world(generator, 5, 10, replicate=3)
    for number in range(3):
        world(generator, 5, 10, replicate=number)
    again = world(generator, 5, 10, replicate=3)
    for name, values in first.values.items():
        assert np.array_equal(values, again.values[name])


@pytest.mark.parametrize("other", [{"replicate": 4}, {"seed": 6}])
def test_another_seed_or_number_draws_others(other):
    generator = ready(text())
    one, two = (
        world(generator, 5, 10, replicate=3),
        world(generator, 5, 10, **{"replicate": 3} | other),
    )
    assert not np.array_equal(one.values["drive"], two.values["drive"])
    assert abs(np.corrcoef(one.values["drive"], two.values["drive"])[0, 1]) < 0.6


def test_numbers_are_as_random_as_they_should_be():
    """Of persons of several communities, over names, seeds and replicates."""
    units = inhabitants(np.full(8, 1000)).units
    draws = np.column_stack(
        [
            Streams(seed, replicate).normals(units, 2, "name", str(name))
            for seed in (1, 2)
            for replicate in (0, 1)
            for name in range(15)
        ]
    )
    n, k = draws.shape
    fits = [stats.kstest(column, "norm").pvalue for column in draws.T]
    neighbours = draws[:-1].T @ draws[1:] / np.sqrt(n - 1)
    among = (np.corrcoef(draws.T) * np.sqrt(n))[np.triu_indices(k, 1)]
    for found in (stats.norm.ppf(fits), neighbours.ravel(), among):
        assert stats.kstest(found, "norm").pvalue > 0.001
    bits = np.unpackbits(Streams(3).words(units, 4, "bits").view(np.uint8), axis=None)
    shares = bits.reshape(n, -1).mean(axis=0)
    assert np.abs(shares - 0.5).max() * 2 * np.sqrt(n) < 4.5


def test_whole_numbers_have_both_ends_and_are_equally_likely():
    counts = np.bincount(Streams(1).whole(np.arange(60_000), 2, 7, "die"))
    assert len(counts) == 8 and not counts[:2].any()
    assert stats.chisquare(counts[2:]).pvalue > 0.001


def test_whoever_is_taken_out_the_others_draw_the_same():
    units = inhabitants(np.array([30, 50, 20])).units
    some = np.array([2, 31, 77, 99])
    for draw in (Streams(1).normals, Streams(1).words):
        assert np.array_equal(draw(units, 3, "a")[some], draw(units[some], 3, "a"))
    assert len(set(units)) == 100
    fewer = inhabitants(np.array([12, 50, 20])).units
    assert np.array_equal(fewer[12:], units[30:]) and np.array_equal(fewer[:12], units[:12])


def test_persons_are_drawn_alike_however_many_communities_follow():
    generator = ready(text())
    few, many = world(generator, 5, 10), world(generator, 8, 10)
    assert np.array_equal(many.values["trust"][:50], few.values["trust"])
