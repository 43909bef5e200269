"""Every name in plan.yaml and study.yaml leads somewhere, or is refused before any data."""

from __future__ import annotations

import re

import pytest
from every_block import PLAN, STUDY, texts

from coproduction.errors import StudyError
from coproduction.study import Study, read_study
from coproduction.yamlfiles.problems import FEW, unknown


def read(schemas, **changed: str) -> Study:
    return read_study(texts(**changed), "instruments/small", schemas)


def refused(schemas, **changed: str) -> list[str]:
    with pytest.raises(StudyError) as error:
        read(schemas, **changed)
    return str(error.value).split("\n")


def test_a_study_that_uses_every_block_is_read(schemas):
    assert read(schemas).main.id == "people"


PLACES = {
    # text that is misspelt: key at which the one refusal stands, and a name that it must list
    "sample: [party, age]": ("sample: [partyy, age]", "measurement.sample.0", "party"),
    "cluster: place\n  a": ("cluster: plac\n  a", "measurement.cluster", "place"),
    "aggregation: [trust]": ("aggregation: [trus]", "measurement.aggregation.0", "trust"),
    "{constructs: [hope], largest": (
        "{constructs: [hop], largest",
        "measurement.composite_if.constructs.0",
        "hope",
    ),
    'Both"}, constructs: [trust': (
        'Both"}, constructs: [trustt',
        "measurement.models.0.constructs.0",
        "trust",
    ),
    "merge: [[hope": ("merge: [[hopee", "measurement.models.1.merge.0.0", "hope"),
    "second_order: [trust": (
        "second_order: [truss",
        "measurement.models.2.second_order.0",
        "trust",
    ),
    "rival: joined": ("rival: joint", "measurement.comparisons.0.rival", "joined"),
    "model: both, rival": ("model: bot, rival", "measurement.comparisons.0.model", "both"),
    "validity: {constructs: [trust": (
        "validity: {constructs: [tust",
        "measurement.validity.constructs.0",
        "trust",
    ),
    "model: both, marker": ("model: boths, marker", "measurement.validity.model", "both"),
    "marker: [age]": ("marker: [ages]", "measurement.validity.marker.0", "age"),
    "group: party": ("group: parti", "measurement.invariance.0.group", "party"),
    "constructs: [trust], join": (
        "constructs: [trst], join",
        "measurement.invariance.0.constructs.0",
        "trust",
    ),
    "join: [[1, 2], [3]]": ("join: [[1, 2], [4]]", "measurement.invariance.0.join.1.0", "1, 2, 3"),
    "join: [[1, 2]": ("join: [[1, 3]", "measurement.invariance.0.join.1.0", "3"),
    'All"}, constructs: [hope]': (
        'All"}, constructs: [hops]',
        "measurement.dimensionality.0.constructs.0",
        "hope",
    ),
    "hours > 10": ("hour > 10", "variables.0.expression", "hours"),
    "selected(kinds, 3)": ("selected(kinds, 4)", "variables.0.expression", "1, 2, 3"),
    "item: party, values": ("item: partei, values", "variables.1.recode.item", "party"),
    'values: {"1": 0': ('values: {"4": 0', "variables.1.recode.values.4", "1, 2, 3"),
    '"1": {en: "either"}': ('"2": {en: "either"}', "variables.1.categories.2", "0, 1"),
    "count: {item: kinds": ("count: {item: kind", "variables.2.count.item", "kinds"),
    "exclude: [1]": ("exclude: [9]", "variables.2.count.exclude.0", "1, 2, 3"),
    "first: [side": ("first: [sides", "variables.3.first.0", "side"),
    "predictors: [h1]": ("predictors: [h11]", "keep_apart.0.predictors.0", "h1"),
    "outcomes: [age]": ("outcomes: [trust]", "keep_apart.0.outcomes.0", "t1, t2, t3, t4"),
    "communities:\n  cluster: place": (
        "communities:\n  cluster: plce",
        "communities.cluster",
        "place",
    ),
    "key: place": ("key: plase", "communities.key", "place"),
    "variable: busy, statistic": (
        "variable: bus, statistic",
        "communities.summaries.0.variable",
        "busy",
    ),
    "by: age}]": ("by: aeg}]", "communities.summaries.0.by", "age"),
    'condition: "age <= 60"': ('condition: "age <= 61"', "populations.0.condition", "age <= 60"),
    'subset: "age > 20"': ('subset: "agee > 20"', "descriptions.0.subset", "age"),
    "{variable: trust, standardise": (
        "{variable: trusty, standardise",
        "models.0.predictors.0",
        "trust",
    ),
    "reference: 2}": ("reference: 4}", "models.0.predictors.1.reference", "1, 2, 3"),
    "covariates: [age,": ("covariates: [agge,", "models.0.covariates.0", "age"),
    '[[trust, "party[1]"]]\n': ('[[truth, "party[1]"]]\n', "models.0.interactions.0.0", "trust"),
    "variables: [pay]": ("variables: [payy]", "models.0.minimum_clusters.variables.0", "pay"),
    "[{variable: trust, by": ("[{variable: trst, by", "models.0.curves.0.variable", "trust"),
    "by: party}, {variable": ("by: prty}, {variable", "models.0.curves.0.by", "party[1]"),
    "by: hope_within": ("by: hope", "models.0.curves.1.by", "hope_within"),
    "outcome: t1": ("outcome: t0", "models.1.outcome", "t1"),
    "random_slope: rooms": ("random_slope: room", "models.1.random_slope", "rooms"),
    "outcome: rate\n": ("outcome: rates\n", "models.2.outcome", "rate"),
    "    cluster: place\n    random: intercept": (
        "    cluster: palace\n    random: intercept",
        "models.1.cluster",
        "place",
    ),
    'One."}\n    family: first': ('One."}\n    family: fist', "hypotheses.0.family", "first"),
    "first\n    model: steps": ("first\n    model: step", "hypotheses.3.model", "steps"),
    "variable: trust, at:": ("variable: trast, at:", "hypotheses.0.estimand.variable", "trust"),
    '"party[1]": 1, age': ('"party[2]": 1, age', "hypotheses.0.estimand.at.party[2]", "party[2]"),
    '"party[1]": 1, a': ('"party[1]": 7, a', "hypotheses.0.estimand.at.party[1]", "0 or 1"),
    "age: 40}": ("aged: 40}", "hypotheses.0.estimand.at.aged", "age"),
    "1, age: 40}": ("1, age: 140}", "hypotheses.0.estimand.at.age", "18 to 99"),
    '"party[3]"]}': ('"party[4]"]}', "hypotheses.1.estimand.variables.1", "party[3]"),
    '"party[1]:trust"': ('"party[3]:trust"', "hypotheses.2.estimand.variable", "trust:party[1]"),
    '"side[1]", category: 3': ('"side[0]", category: 3', "hypotheses.3.estimand.variable", "side"),
    "category: 3}": ("category: 4}", "hypotheses.3.estimand.category", "1, 2, 3"),
    "model: main, variable": ("model: mian, variable", "moderation.0.model", "main"),
    "main, variable: trust": ("main, variable: supportt", "moderation.0.variable", "trust"),
    "by: {variable: party, ": ("by: {variable: patry, ", "moderation.0.by", "party"),
    "reference: 1}}": ("reference: 0}}", "moderation.0.by.reference", "1, 2, 3"),
    "outcome: hours, factors": ("outcome: houres, factors", "experiments.0.outcome", "hours"),
    "factors: [pay]": ("factors: [grade]", "experiments.0.factors.0", "0 or 1"),
    "balance: [age]": ("balance: [agee]", "experiments.0.balance.0", "age"),
    "outcome: hours, by": ("outcome: hors, by", "descriptions.0.outcome", "hours"),
    "by: party, cluster": ("by: parity, cluster", "descriptions.0.by", "party"),
    "cluster: place, subset": ("cluster: lace, subset", "descriptions.0.cluster", "place"),
    "by: rooms}": ("by: roms}", "descriptions.1.by", "rooms"),
    "hypotheses: [H6]": ("hypotheses: [H66]", "grids.0.hypotheses.0", "H6"),
    "outcome: many\n": ("outcome: mny\n", "grids.0.dimensions.outcome.0.outcome", "many"),
    '"age > 22"': ('"agee > 22"', "grids.0.dimensions.subset.0.subset", "age"),
    "add: [rooms": ("add: [roms", "grids.0.dimensions.covariates.0.add.0", "rooms"),
    "flagged_rows: [careful],": (
        "flagged_rows: [careless],",
        "grids.0.excluded.1.where.flagged_rows.0",
        "careful",
    ),
    "missing: [complete]\n": (
        "missing: [completed]\n",
        "grids.0.left_out_clusters.among.missing.0",
        "complete",
    ),
    "variables: [hours, kinds]": (
        "variables: [houres, kinds]",
        "diagram.nodes.1.variables.0",
        "hours",
    ),
    "edges: [[trust, work]]": ("edges: [[trust, work], [trust, wrk]]", "diagram.edges.1.1", "work"),
    "hypotheses: [H4]": ("hypotheses: [H44]", "missing.not_at_random.hypotheses.0", "H4"),
    "    hypotheses: [H4]\n": (
        "    hypotheses: [H1]\n",
        "missing.not_at_random.hypotheses.0",
        "main",
    ),
    "{plausible: 1, plausible_slope": (
        "{plausible: 3, plausible_slope",
        "missing.not_at_random.outcome.plausible",
        "2",
    ),
}


@pytest.mark.parametrize("sound", PLACES)
def test_a_misspelt_name_in_any_block_of_the_plan_is_refused_with_what_there_is(schemas, sound):
    wrong, key, listed = PLACES[sound]
    assert PLAN.count(sound) == 1
    text = PLAN.replace(sound, wrong)
    told = "\n".join(refused(schemas, plan=text))
    (place,) = re.finditer(
        rf"instruments/small/plan.yaml, line (\d+), {re.escape(key)}: (.*)", told
    )
    assert listed in place[2]
    line = int(place[1]) - 1
    assert PLAN.split("\n")[line] != text.split("\n")[line]


@pytest.mark.parametrize(
    ("sound", "wrong", "key", "listed"),
    [
        ("charts: [party]", "charts: [parties]", "study.short_report.charts.0", "party"),
        ("absent_items: [h3]", "absent_items: [h4]", "data.0.absent_items.0", "h3"),
        ("instrument: sheet", "instrument: sheets", "data.1.instrument", "sheet"),
        ("age >= 18", "ages >= 18", "cleaning.eligible", "age"),
        ("party == 1", "party == 7", "cleaning.consistency.0.contradiction", "1, 2, 3"),
        ("person: [place]", "person: [places]", "cleaning.retest.person.0", "place"),
        ("identifiers: [party]", "identifiers: [partie]", "release.quasi_identifiers.0", "party"),
        ("item: hours", "item: hour", "release.top_code.0", "hours"),
        ("leave_out: [place]", "leave_out: [plae]", "release.leave_out.0", "place"),
    ],
)
def test_a_misspelt_name_in_the_settings_is_refused(schemas, sound, wrong, key, listed):
    told = refused(schemas, study=STUDY.replace(sound, wrong))
    assert any(f"study.yaml, line {line_of(STUDY, sound)}, {key}: " in each for each in told)
    assert listed in " ".join(told)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_all_misspelt_names_of_all_files_are_named_at_once(schemas):
    plan = PLAN.replace("variable: trust, by: party", "variable: trst, by: party")
    plan = plan.replace('"party[3]"]}', '"party[4]"]}').replace("group: party", "group: parti")
    told = refused(schemas, plan=plan, study=STUDY.replace("age >= 18", "ages >= 18"))
    assert len(told) == 4
    assert "study.yaml" in told[0] and all("plan.yaml" in each for each in told[1:])
    lines = [int(re.search(r"line (\d+)", each)[1]) for each in told[1:]]
    assert lines == sorted(lines)


def test_what_an_alias_repeats_is_told_once(schemas):
    plan = PLAN.replace("covariates: [age, {variable: pay}]", "covariates: &adjusted [age, pai]")
    plan = plan.replace("    random: intercept", "    covariates: *adjusted\n    random: intercept")
    told = [each for each in refused(schemas, plan=plan) if "`pai`" in each]
    assert len(told) == 1


def test_few_names_are_all_listed_and_of_many_the_nearest():
    few = [f"name{n}" for n in range(FEW)]
    assert ", ".join(few) in unknown("nam", few, "there is no item `nam`")
    many = [*(f"other{n}" for n in range(100)), "support"]
    told = unknown("supportt", many, "there is no item `supportt`")
    assert "did you mean `support`?" in told and "nearest of 101: support, " in told
    assert told.count("other") <= 4


@pytest.mark.parametrize(
    ("sound", "wrong", "expected"),
    [
        ('"party[1]"]]', '"party[2]"]]', "`party[2]` is the category that the others are compared"),
        ("[age, {variable: pay}]", "[age, pay, trust]", "`trust` stands twice in the model"),
        ("[age, {variable: pay}]", "[age, pay, words]", "`words` are kept apart"),
        ("[age, {variable: pay}]", "[age, pay, kinds]", "`kinds` is a multiple choice"),
        ("[age, {variable: pay}]", "[age, pay, place]", "set `categorical: true`"),
        ("[age, {variable: pay}]", "[age, pay, rate]", "known of communities only"),
        ("{variable: pay}", "{variable: pay, reference: 1}", "only beside `categorical: true`"),
        (
            "{variable: pay}",
            "{variable: pay, categorical: true, standardise: true}",
            "leave `categorical` or `standardise` out",
        ),
        ('[[trust, "party[1]"]]', '[[trust, "party[1]"], ["party[1]", trust]]', "stands twice"),
        (
            '[[trust, "party[1]"]]',
            '[[trust, "party[1]"], ["trust:party[1]", age]]',
            "is a product; a single term must stand here",
        ),
        (
            'cross_partial, variables: [trust, "party[3]"]}',
            'cross_partial, variables: [trust, "party[3]"], at: {age: 40}}',
            "`cross_partial` is not taken at values",
        ),
        ("or selected(kinds, 3)", "or words == 'x'", "`words` are kept apart"),
        ("sample: [party, age]", "sample: [party, words]", "`words` are kept apart"),
        ("outcome: rate, by: rooms}", "outcome: rate, by: rooms, subset: 'age > 1'}", "leave it"),
        ("variable: trust, at", "variable: trust, part: any, at", "stands only with a coefficient"),
        ('variables: [trust, "party[3]"]', 'variables: ["party[1]", "party[3]"]', "two categories"),
        (
            'cross_partial, variables: [trust, "party[3]"]',
            "difference, variables: [trust, trust]",
            "`trust` does not differ from itself",
        ),
        ('"party[1]": 1, age', "party: 1, age", "set one of its terms to 1, such as `party[1]`"),
        ("variable: trust, at", "variable: trust, category: 1, at", "only with an ordinal model"),
        ("group: party", "group: age", "`age` is no question with one answer out of several"),
        ("main, variable: trust", 'main, variable: "party[1]"', "cannot moderate its own category"),
        ("by: {variable: party, reference: 1}", "by: {variable: hope}", "one term, not two"),
    ],
)
def test_terms_that_no_model_can_have_are_refused(schemas, sound, wrong, expected):
    assert PLAN.count(sound) == 1
    told = refused(schemas, plan=PLAN.replace(sound, wrong))
    assert any(expected in each for each in told)


def test_a_linear_model_has_a_cross_partial_only_of_terms_whose_product_it_holds(schemas):
    linear = PLAN.replace("family: binomial", "family: gaussian")
    (told,) = refused(schemas, plan=linear)
    line = linear[: linear.index('cross_partial, variables: [trust, "party[3]"]')].count("\n") + 1
    assert f"line {line}, hypotheses.1.estimand.variables" in told
    assert "no product `trust:party[3]`" in told and "`interactions`" in told
    assert read(schemas, plan=linear.replace('[trust, "party[3]"]', '["party[1]", trust]')).plan


@pytest.mark.parametrize(
    ("sound", "wrong"),
    [
        # Whether somebody wrote something may be asked; what it was is kept apart.
        ("hours > 10 or selected(kinds, 3)", "answered(words)"),
        # A condition of communities may be about their summaries.
        ("    family: gaussian\n", '    subset: "rate > 0"\n    family: gaussian\n'),
        ("by: {variable: party, reference: 1}", "by: {variable: party}"),
        ('"party[3]"]}', "hope_mean]}"),
    ],
)
def test_what_can_be_computed_is_not_refused(schemas, sound, wrong):
    assert PLAN.count(sound) == 1
    assert read(schemas, plan=PLAN.replace(sound, wrong)).plan


def test_items_of_a_sheet_that_is_not_joined_are_no_variables(schemas):
    start, end = PLAN.index("communities:\n"), PLAN.index("populations:")
    told = refused(schemas, plan=PLAN[:start] + PLAN[end:])
    assert any("`rooms` is neither an item" in each for each in told)


def test_a_category_whose_codes_only_the_data_know_is_a_term(schemas):
    plan = PLAN.replace("{variable: side, categorical", "{variable: many, categorical")
    assert read(schemas, plan=plan.replace('"side[1]"', '"many[7]"')).plan
