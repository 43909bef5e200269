"""Every switch of a truth file changes what it names, of those it names, and nothing else.

Two studies of one seed, their truth files alike but for one switch, are compared person by person
and column by column. Who is in the data may differ where the switch says so; whoever is in both
answers the same in everything that the switch does not name.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import NamedTuple

import pandas as pd
import pytest
import yaml
from towns import ready

from coproduction.simulation import calibration
from coproduction.simulation.generator import Generator
from coproduction.simulation.occasions import Occasion
from coproduction.simulation.replicate import Replicate, replicate
from coproduction.simulation.residents import population
from coproduction.simulation.sampling import sample
from coproduction.simulation.streams import Streams

SEED = 8
BASE = yaml.safe_load("""
communities: {number: 8, residents: {mean: 60}}
conditions: {woman: "sex == 1", servant: "served == 1"}
equations:
  firm: {logit: {rate: 0.5, values: [0, 1], exact: true}}
  staff: {lognormal: {median: 20, spread: 0.5}}
  founded_well: {level: communities}
  drive: {}
  charm: {}
  duty: {causes: {trust: 0.3}, community_share: 0.1}
  sex: {logit: {rate: 0.5, values: [2, 1]}}
  area: {categories: {shares: {"1": 0.5, "2": 0.3, "3": 0.2}}}
  adult: {logit: {rate: 0.05, values: [1, 2]}}
  served: {logit: {rate: 0.4, values: [2, 1]}, causes: {drive: 0.5}, community_sd: 0.3}
  hours: {lognormal: {median: 10, spread: 0.8, most: 100}}
  helped: {ticks: {shares: {"1": 0.5, "2": 0.3, "3": 0.1}}}
  weight: {normal: {mean: 60, sd: 10}, causes: {charm: 2}}
  again: {logit: {rate: 0.8, values: [2, 1]}}
  responds: {logit: {rate: 0.6}}
  careless: {logit: {rate: 0.2}}
  misreads: {logit: {rate: 0.2}}
  breaks_off: {logit: {rate: 0.1}}
  stays: {logit: {rate: 0.7}}
scales: {dont_know: 0.1, ignorance: {woman: 0.3}, facet_loading: 0.2}
styles:
  acquiescence: {loading: 0.2}
  desirability: {loading: 0.1}
  extreme: {strength: 0.1}
  midpoint: {strength: 0.1}
sample:
  frames:
    address: {drawn: {mean: 25}}
    roster: {drawn: {mean: 5}, where: servant}
  dispositions: {"2.11": 0.5, "2.20": 0.5}
  seen: {"4.70": "adult == 2"}
  margins: [sex]
nonresponse: {blank: 0.05, causes: {woman: 0.2}, items: {school: {refused: 0.1}}}
carelessness:
  kinds: {straight: 0.4, random: 0.3, alternating: 0.2, runs: 0.1}
  partial: 0.3
  slips: 0.1
fieldwork:
  days: 20
  duplicates: 0.1
  tests: {number: 3}
  impossible: [{item: hours, value: 9999, share: 0.1}]
retest: {respondents: 20, lost_links: 2}
panel: {stability: 0.7, waves: [{id: second, days: 300, starts: {firm: 0.5}, shifts: {weight: 3}}]}
texts: {founded: "2019"}
sheets: {second_informant: {share: 0.5, disagreement: 0.3}}
""")

SCALES = frozenset({"t1", "t2", "t3", "t4", "mark", "u1", "u2", "u3"})
TRUST, DUTY = frozenset({"t1", "t2", "t3", "t4"}), frozenset({"u1", "u2", "u3"})
HURRIED = SCALES | {"check"}
WHO = frozenset({"who: first", "who: retest", "who: second", "who: links", "who: forms"})
DRAWN = WHO | {"who: drawn", "who: frames", "probability"}
KINDS, AGAIN = ("true", "intended", "given", "came"), ("retest", "second")
SERVED = frozenset({"served", "hours", "helped"})
"""What was done is asked only of those who served."""
LENGTH = frozenset({"ended", "uploaded"})
STARTED = LENGTH | {"started"}


CLOSED = frozenset({"weight", "join", "sex", "school", "area"})
BLANK = SERVED | CLOSED | HURRIED | {"again"}
"""Questions that the form does not insist on, with those asked only behind one of them."""


class Switch(NamedTuple):
    """A change of the truth file.

    Attributes
    ----------
    path, value
        Where something else stands, and what.
    moves
        Columns that may differ, `who: …` where other persons or rows are in it.
    of
        A variable: only those of whom it is 1, before or after, may answer otherwise.
    """

    path: tuple
    value: object
    moves: frozenset | set
    of: str = ""


def equation(name: str, rule: dict, moves: set | frozenset, of: str = "") -> Switch:
    return Switch(("equations", name), rule, moves, of)


SWITCHES = {
    # The structure.
    "a rate": equation(
        "served", {"logit": {"rate": 0.6, "values": [2, 1]}}, SERVED | DRAWN | {"listed"}
    ),
    "a cause": Switch(("equations", "duty", "causes"), {"trust": 0.5}, {"duty", *DUTY}),
    "a cause's sign": Switch(("equations", "duty", "causes"), {"trust": -0.3}, {"duty", *DUTY}),
    "a community's share": Switch(("equations", "duty", "community_share"), 0.4, {"duty", *DUTY}),
    "a random intercept": Switch(
        ("equations", "served", "community_sd"), 0.9, SERVED | DRAWN | {"listed"}
    ),
    "a random slope": Switch(
        ("equations", "served", "slope_sd"), {"drive": 0.5}, SERVED | DRAWN | {"listed"}
    ),
    "a skew": Switch(("equations", "duty", "skew"), 1.5, {"duty", *DUTY}),
    "a share of categories": Switch(
        ("equations", "area", "categories", "shares"), {"1": 0.2, "2": 0.3, "3": 0.5}, {"area"}
    ),
    "a share of ticks": Switch(("equations", "helped", "ticks", "shares", "2"), 0.8, {"helped"}),
    "an amount": Switch(("equations", "hours", "lognormal", "median"), 20, {"hours"}),
    "a mean": Switch(("equations", "weight", "normal", "mean"), 70, {"weight"}),
    "a report": Switch(("equations", "weight", "reported"), {"drive": 3}, {"weight"}),
    "a correlation": Switch(
        ("correlations",), {"names": ["drive", "charm"], "values": [[0.6]]}, {"charm", "weight"}
    ),
    "communities' numbers": Switch(
        ("equations", "staff", "lognormal", "median"), 90, {"staff", "sheet staff"}
    ),
    # How scales are answered.
    "a loading": Switch(("scales", "items"), {"t1": {"loading": 0.4}}, {"t1"}),
    "loadings": Switch(("scales", "loading"), 0.5, SCALES - {"mark", "t4", "u3"}),
    "a reversed loading": Switch(("scales", "reversed_loading"), 0.3, {"t4", "u3"}),
    "a facet": Switch(("scales", "facet_loading"), 0.4, TRUST),
    "a cross-loading": Switch(
        ("scales", "items"), {"u1": {"cross_loadings": {"trust": 0.3}}}, {"u1"}
    ),
    "thresholds": Switch(("scales", "constructs"), {"duty": {"thresholds": "hard"}}, DUTY),
    "the spread of thresholds": Switch(("scales", "spread"), 1.0, SCALES),
    "not knowing": Switch(("scales", "items"), {"u2": {"dont_know": 0.4}}, {"u2"}),
    "ignorance": Switch(("scales", "ignorance"), {"woman": 1.2}, SCALES, "woman"),
    "a difference": Switch(
        ("scales", "differences"),
        [{"condition": "woman", "items": ["t2"], "shift": 1, "loading": 0.5}],
        {"t2"},
        "woman",
    ),
    "acquiescence": Switch(("styles", "acquiescence", "loading"), 0.4, SCALES),
    "acquiescence of an item": Switch(("styles", "acquiescence", "items"), {"t3": 0.5}, {"t3"}),
    "desirability": Switch(("styles", "desirability", "loading"), 0.3, SCALES - {"mark"}),
    "desirability of a construct": Switch(
        ("styles", "desirability", "constructs"), ["duty"], TRUST
    ),
    "extreme answers": Switch(("styles", "extreme", "strength"), 0.6, SCALES),
    "answers in the middle": Switch(("styles", "midpoint", "strength"), 0.5, SCALES),
    # What befalls a person.
    "who responds": Switch(
        ("equations", "responds", "logit", "rate"),
        0.9,
        WHO | {"responds", "disposition", "submission"},
    ),
    "why they respond": Switch(
        ("equations", "responds", "causes"),
        {"woman": 1.0, "duty": -1.0},
        WHO | {"responds", "disposition", "submission"},
    ),
    "careless persons": Switch(
        ("equations", "careless", "logit", "rate"), 0.5, HURRIED | LENGTH | {"careless"}, "careless"
    ),
    "kinds of careless answers": Switch(
        ("carelessness", "kinds"), {"straight": 1}, HURRIED - {"t1"}, "careless"
    ),
    "careless in part": Switch(("carelessness", "partial"), 0.9, HURRIED - {"u3"}, "careless"),
    "slips": Switch(("carelessness", "slips"), 0.5, {"check"}),
    "misread items": Switch(
        ("equations", "misreads", "logit", "rate"), 0.6, {"misreads", "t4", "u3"}, "misreads"
    ),
    "who stays": Switch(
        ("equations", "stays", "logit", "rate"),
        0.9,
        {"stays", "who: second", "who: links"},
        "stays",
    ),
    # The sample.
    "a frame": Switch(
        ("sample", "frames", "address", "drawn", "mean"), 30, DRAWN | {"drawn", "frame"}
    ),
    "a list given up": Switch(("sample", "frames"), {"address": {"drawn": {"mean": 25}}}, DRAWN),
    "margins": Switch(("sample", "margins"), ["sex", "area", "served", "school"], {"who: margins"}),
    "no margins": Switch(("sample", "margins"), ["area"], {"who: margins"}),
    "dispositions": Switch(("sample", "dispositions"), {"2.11": 0.9, "2.20": 0.1}, {"disposition"}),
    "what is seen at the door": Switch(("sample", "seen"), {"4.10": "adult == 2"}, {"disposition"}),
    "a mode": Switch(("sample", "mode"), "telephone", {"mode"}),
    # Nonresponse to questions.
    "a refusal": Switch(("nonresponse", "items"), {"school": {"refused": 0.6}}, {"school"}),
    "blanks of a question": Switch(
        ("nonresponse", "items"), {"school": {"refused": 0.1}, "area": {"blank": 0.5}}, {"area"}
    ),
    "blanks": Switch(("nonresponse", "blank"), 0.3, BLANK | {"who: retest", "who: links"}),
    "why they are blank": Switch(
        ("nonresponse", "causes"), {"woman": 2.0}, BLANK | {"who: retest", "who: links"}, "woman"
    ),
    "interviews that end early": Switch(
        ("equations", "breaks_off", "logit", "rate"),
        0.5,
        BLANK | {"breaks_off", "who: retest", "who: links"},
        "breaks_off",
    ),
    "questions answered without care": Switch(
        ("carelessness", "questions"), "all", SERVED | CLOSED | HURRIED, "careless"
    ),
    # Fieldwork.
    "days": Switch(("fieldwork", "days"), 40, STARTED),
    "minutes": Switch(("fieldwork", "minutes"), {"median": 30}, LENGTH),
    "careless minutes": Switch(
        ("fieldwork", "careless_minutes"), {"median": 1}, LENGTH, "careless"
    ),
    "devices": Switch(("fieldwork", "devices"), 3, {"device"}),
    "forms sent twice": Switch(("fieldwork", "duplicates"), 0.3, {"who: forms"}),
    "forms tried out": Switch(("fieldwork", "tests", "number"), 9, {"who: forms"}),
    "impossible answers": Switch(
        ("fieldwork", "impossible"),
        [{"item": "hours", "value": 8888, "share": 0.3}],
        {"came hours"},
    ),
    "persons asked again": Switch(("retest", "respondents"), 35, {"who: retest", "who: links"}),
    "days until they are": Switch(
        ("retest", "days"), {"least": 20, "most": 25}, {f"retest {name}" for name in STARTED}
    ),
    "links lost": Switch(("retest", "lost_links"), 9, {"who: links"}),
    "when a wave begins": Switch(
        ("panel", "waves", 0, "days"), 500, {f"second {name}" for name in STARTED}
    ),
    "a shift between waves": Switch(
        ("panel", "waves", 0, "shifts", "weight"), 9, {"second weight"}
    ),
    "a treatment that starts": Switch(
        ("panel", "waves", 0, "starts", "firm"), 1.0, {"second firm"}
    ),
    "a text": Switch(("texts", "founded"), "2021", {"sheet founded"}),
    "second sheets": Switch(("sheets", "second_informant", "share"), 1.0, {"who: sheets"}),
}


@pytest.fixture(autouse=True, scope="module")
def small():
    """Rates need not be met exactly here, so that constants are found among few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "COMMUNITIES", 100)
        yield


def changed(switch: Switch) -> str:
    truth = copy.deepcopy(BASE)
    truth["scales"]["thresholds"] = {"hard": [0, 0.5, 1, 2]}
    place = truth
    for key in switch.path[:-1]:
        place = place.setdefault(key, {}) if isinstance(place, dict) else place[key]
    place[switch.path[-1]] = switch.value
    return yaml.safe_dump(truth, allow_unicode=True, sort_keys=False)


@cache
def study(text: str) -> tuple[Generator, Replicate]:
    generator = ready(text)
    return generator, replicate(generator, SEED)


@cache
def base() -> str:
    return changed(Switch(("communities", "number"), 8, set()))


@cache
def columns(text: str) -> dict[str, pd.Series]:
    """All columns of a study, a row for each person or thing, known by its number or name."""
    generator, made = study(text)
    found = {}
    for occasion, each in {"": made.first, **made.later}.items():
        found |= {f"{occasion} {name}".strip(): value for name, value in told(each).items()}
        found[f"who: {occasion or 'first'}"] = pd.Series(1, index=each.world.people.units)
    forms = pd.Index(made.first.forms.submission)
    found["who: forms"] = pd.Series(1, index=forms)
    found |= {f"came {n}": pd.Series(v, index=forms) for n, v in made.first.answers.items()}
    log = made.contacts.drop(columns="contact").set_index(drawn(generator).people.units)
    found |= {"who: drawn": pd.Series(1, index=log.index), **dict(log.items())}
    tables = {
        "frames": made.frames.set_index(["community", "frame"]),
        "margins": made.margins.set_index(["item", "value"]),
        "links": pd.concat(made.links).set_index("submission"),
        "sheets": sheets(made),
    }
    for what, table in tables.items():
        found[f"who: {what}"] = pd.Series(1, index=table.index)
        found |= {f"sheet {n}" if what == "sheets" else n: v for n, v in table.items()}
    return found


def told(each: Occasion) -> dict[str, pd.Series]:
    """What is true, intended and given on one occasion, under the name of the question."""
    units, found = each.world.people.units, {}
    for name, values in each.world.values.items():
        rows = units if len(values) == len(units) else each.world.people.communities
        found[f"true {name}"] = pd.Series(values, index=rows)
    for kind in ("intended", "given"):
        answers = getattr(each.interviews, kind)
        found |= {f"{kind} {name}": pd.Series(v, index=units) for name, v in answers.items()}
    for name in ("submission", "started", "ended", "uploaded", "device"):
        found[name] = pd.Series(getattr(each.made, name), index=units)
    return found


def drawn(generator: Generator):
    streams = Streams(SEED)
    residents, _ = population(generator, streams)
    return residents.take(sample(generator, residents, streams).rows)


def sheets(made: Replicate) -> pd.DataFrame:
    table = made.communities
    return table.set_index(["code", table.groupby("code").cumcount()])


def differing(before: pd.Series, after: pd.Series) -> pd.Index:
    """Rows of both in which they differ."""
    common = before.index.intersection(after.index)
    one, two = before[common], after[common]
    return common[~((one == two) | (one.isna() & two.isna()))]


def plain(name: str, moves: set | frozenset) -> str:
    """Name of a column as a switch names it: without occasion and kind, if it names it so."""
    if name in moves:
        return name
    words = [word for word in name.split(" ") if word not in KINDS]
    known = " ".join(words)
    return known if known in moves else " ".join(word for word in words if word not in AGAIN)


def moved(before: dict, after: dict, moves: set | frozenset) -> dict[str, pd.Index]:
    """Columns that differ, as a switch names them, with the rows in which they do."""
    found: dict[str, pd.Index] = {}
    for name in before.keys() & after.keys():
        rows = differing(before[name], after[name])
        if name.startswith("who: "):
            rows = before[name].index.symmetric_difference(after[name].index)
        if len(rows):
            known = name if name.startswith("who: ") else plain(name, moves)
            found[known] = rows.union(found.get(known, rows[:0]))
    return found


@pytest.mark.parametrize("what", SWITCHES)
def test_a_switch_moves_what_it_names_and_nothing_else(what):
    switch = SWITCHES[what]
    found = moved(columns(base()), columns(changed(switch)), switch.moves)
    assert set(found) - set(switch.moves) == set()
    assert found and {name for name in switch.moves if not name.startswith("who: ")} <= set(found)


@pytest.mark.parametrize("what", [what for what, switch in SWITCHES.items() if switch.of])
def test_a_switch_moves_those_whom_it_names_and_nobody_else(what):
    switch = SWITCHES[what]
    texts = base(), changed(switch)
    named = set().union(*(whom(text, switch.of) for text in texts))
    before, after = map(columns, texts)
    for name in before.keys() & after.keys():
        if not name.startswith(("who: ", "came ")):
            assert set(differing(before[name], after[name])) <= named, name


def whom(text: str, variable: str) -> set:
    """Persons of whom a variable or condition is 1 on an occasion."""
    _, made = study(text)
    worlds = [each.world for each in (made.first, *made.later.values())]
    return set().union(*(world.people.units[world.of(variable) == 1] for world in worlds))


@pytest.mark.parametrize("what", ["blanks", "interviews that end early", "blanks of a question"])
def test_what_is_not_answered_is_only_taken_away(what):
    before, after = (study(text)[1].first for text in (base(), changed(SWITCHES[what])))
    for name, values in before.interviews.given.items():
        left = pd.Series(after.interviews.given[name])
        assert (left.isna() | (left == pd.Series(values))).all(), name


def test_more_communities_move_nothing_in_those_there_are():
    more = changed(Switch(("communities", "number"), 11, set()))
    known = WHO | {"who: drawn", "who: frames", "who: sheets"}
    # Which half of the communities has a firm, and whose answers a second sheet has, is decided
    # among all of them.
    known |= {"firm", "sheet firm", "sheet staff", "sheet founded", "sheet recorded"}
    known |= {"residents", "share"}
    assert set(moved(columns(base()), columns(more), known)) <= known


def test_more_residents_move_nothing_of_those_there_are():
    more = changed(Switch(("communities", "residents", "mean"), 90, set()))
    known = DRAWN | {"listed", "drawn", "frame", "residents", "share", "sheet recorded"}
    assert set(moved(columns(base()), columns(more), known)) <= known
