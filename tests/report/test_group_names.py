"""Every number stands under the name of the group that it was computed from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml
from plans import plan_of
from questionnaires import headed

from coproduction.inference.analysis import Analysis, analyse
from coproduction.instrument.reading import read_instrument
from coproduction.report.columns import cell
from coproduction.report.labels import Labels, labels
from coproduction.tables import write_csv
from coproduction.yamlfiles.yamlfile import read_yaml

SEXES = {"男": 1, "女": 2}
REGIONS = {"North": 1101011, "Middle": 1101012, "South": 1101013}
INSTRUMENT = headed(
    "people",
    """
response_sets:
  sexes:
    level: nominal
    options: [{value: 1, label: {en: "男"}}, {value: 2, label: {en: "女"}}]
  regions:
    level: nominal
    options:
      - {value: 1101011, label: {en: "North"}}
      - {value: 1101012, label: {en: "Middle"}}
      - {value: 1101013, label: {en: "South"}}
  yesno:
    level: nominal
    options: [{value: 0, label: {en: "No"}}, {value: 1, label: {en: "Yes"}}]
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: sex, response_set: sexes, text: {en: "Sex"}}
      - {id: region, response_set: regions, text: {en: "Region"}}
      - {id: party, response_set: yesno, text: {en: "Party"}}
      - {id: xx, type: decimal, range: [-9, 9], text: {en: "X"}}
      - {id: yy, type: decimal, range: [-99, 99], text: {en: "Y"}}
""",
)
PLAN = """
variables:
  - {id: either, label: {en: "Sex again"}, first: [sex, region]}
  - {id: half, label: {en: "Half"}, expression: "xx / 2"}
models:
  - {id: plain, label: {en: "Plain"}, outcome: yy, family: gaussian, covariance: HC3,
     predictors: [{variable: sex, categorical: true}, {variable: region, categorical: true}]}
  - {id: turned, label: {en: "Turned"}, outcome: yy, family: gaussian, covariance: HC3,
     predictors: [{variable: sex, categorical: true, reference: 2}]}
  - {id: lines, label: {en: "Lines"}, outcome: yy, family: gaussian, covariance: HC3,
     predictors: [{variable: xx}, {variable: sex, categorical: true, reference: 2}],
     interactions: [[xx, "sex[1]"]], curves: [{variable: xx, by: sex}]}
  - {id: southern, label: {en: "Southern"}, outcome: yy, family: gaussian, covariance: HC3,
     predictors: [{variable: region, categorical: true, reference: 1101013}]}
  - {id: slope, label: {en: "Slope"}, outcome: yy, family: gaussian, covariance: HC3,
     predictors: [{variable: xx}, {variable: party, standardise: true}],
     covariates: [{variable: sex, categorical: true, reference: 2}]}
  - {id: numbers, label: {en: "Numbers"}, outcome: party, family: binomial, covariance: HC1,
     predictors: [{variable: xx}, {variable: sex}], interactions: [[xx, sex]]}
  - {id: indicators, label: {en: "Indicators"}, outcome: party, family: binomial, covariance: HC1,
     predictors: [{variable: xx}, {variable: sex, categorical: true}],
     interactions: [[xx, "sex[2]"]]}
moderation:
  - {id: by_region, label: {en: "By region"}, model: slope, variable: xx,
     by: {variable: region, categorical: true, reference: 1101012}}
  - {id: by_sex, label: {en: "By sex"}, model: slope, variable: xx, by: {variable: sex}}
  - {id: by_sex_turned, label: {en: "By sex, turned"}, model: slope, variable: xx,
     by: {variable: sex, reference: 1}}
  - {id: by_party, label: {en: "By party"}, model: slope, variable: xx,
     by: {variable: party, standardise: true}}
families: [{id: first, label: {en: "First"}, method: none, level: 0.05}]
hypotheses:
  - {id: H1, family: first, model: southern, direction: negative, smallest_effect: 0.1,
     statement: {en: "One."}, unit: {en: "points"},
     estimand: {kind: average_marginal_effect, variable: "region[1101012]"}}
descriptions:
  - {id: sexes, label: {en: "Sexes"}, outcome: yy, by: sex}
  - {id: regions, label: {en: "Regions"}, outcome: yy, by: region}
  - {id: parties, label: {en: "Parties"}, outcome: yy, by: party}
  - {id: again, label: {en: "Again"}, outcome: yy, by: either}
"""


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(20)
    n = 600
    sex, party = rng.choice([1, 2], n), rng.choice([0, 1], n, p=[0.7, 0.3])
    region = rng.choice([1101011, 1101012, 1101013], n, p=[0.2, 0.5, 0.3])
    x = rng.normal(size=n)
    y = sex + 3 * (region - 1101010) + party + x * (region - 1101011) + rng.normal(size=n)
    table = {"sex": sex, "region": region, "party": party, "xx": x, "yy": y}
    return pd.DataFrame(table).astype(float)


@pytest.fixture(scope="module")
def found(people) -> Analysis:
    return analyse(people, plan_of(yaml.safe_load(PLAN)), 1)


@pytest.fixture(scope="module")
def named(schemas) -> Labels:
    instrument = read_instrument(read_yaml(INSTRUMENT, "i.yaml", schemas["instrument"]))
    return labels(instrument, plan_of(yaml.safe_load(PLAN)), "en", False)


def test_means_are_headed_with_the_group_that_they_are_the_means_of(people, found, named):
    for description, by, codes in (
        ("sexes", "sex", SEXES),
        ("regions", "region", REGIONS),
        ("parties", "party", {"No": 0, "Yes": 1}),
        ("again", "sex", SEXES),
    ):
        table = found.group_means[found.group_means["description"] == description]
        headings = {cell(row, "level", named): row["estimate"] for row in table.to_dict("records")}
        expected = {
            name: people.loc[people[by] == code, "yy"].mean() for name, code in codes.items()
        }
        assert headings == pytest.approx(expected)


def test_a_coefficient_is_headed_with_both_groups_whose_means_it_compares(people, found, named):
    means = {
        **{name: people.loc[people["sex"] == code, "yy"].mean() for name, code in SEXES.items()},
        **{n: people.loc[people["region"] == code, "yy"].mean() for n, code in REGIONS.items()},
    }
    for model, variable, pairs in (
        ("turned", "Sex", [("男", "女")]),
        ("southern", "Region", [("North", "South"), ("Middle", "South")]),
    ):
        for name in ("coefficients", "effects"):
            table = getattr(found, name)
            rows = table[(table["model"] == model) & (table["term"] != "intercept")]
            headings = {
                named.contrast(row["term"], row["reference"]): row["estimate"]
                for row in rows.to_dict("records")
            }
            expected = {f"{variable}: {a} (against {b})": means[a] - means[b] for a, b in pairs}
            assert headings == pytest.approx(expected)


def test_a_model_without_a_planned_reference_names_the_first_group(found, named):
    rows = found.coefficients[found.coefficients["model"] == "plain"].to_dict("records")
    headings = [named.contrast(row["term"], row["reference"]) for row in rows[1:]]
    assert headings == [
        "Sex: 女 (against 男)",
        "Region: Middle (against North)",
        "Region: South (against North)",
    ]


def test_two_categories_entered_as_a_number_are_named_and_compared_as_categories(found, named):
    for table in (found.effects, found.coefficients):
        shown = {
            model: {
                named.contrast(row["term"], row["reference"]): row["estimate"]
                for row in table[table["model"] == model].to_dict("records")
                if "Sex" in named.contrast(row["term"], row["reference"])
            }
            for model in ("numbers", "indicators")
        }
        names = ["Sex: 女 (against 男)", "X × Sex: 女 (against 男)"]
        assert list(shown["numbers"]) == list(shown["indicators"]) == names
        assert shown["numbers"] == pytest.approx(shown["indicators"], rel=1e-6)


def test_a_number_without_labels_or_in_standard_deviations_is_compared_with_nothing(found, named):
    rows = found.coefficients[found.coefficients["model"] == "slope"].to_dict("records")
    assert named.contrast(rows[1]["term"], rows[1]["reference"]) == "X"
    assert named.contrast(rows[2]["term"], rows[2]["reference"]) == "Party"
    assert named.contrast("xx", "xx = 0") == "X"


def test_what_a_model_takes_in_standard_deviations_is_held_at_no_answer(named):
    assert named.values("party = 1, xx = 0.5", "slope") == "Party = 1, X = 0.50"
    assert named.values("party = 1", "plain") == "Party = Yes"


def interacted(people: pd.DataFrame, group: str) -> pd.Series:
    """Slope of x in each group, by least squares on columns of its own for each."""
    own = pd.get_dummies(people[group]).astype(float)
    columns = [own, own.mul(people["xx"], axis=0), people[["party"]]]
    if group != "sex":
        columns.append(pd.get_dummies(people["sex"]).astype(float).iloc[:, 1:])
    matrix = pd.concat(columns, axis=1).to_numpy()
    fitted = np.linalg.lstsq(matrix, people["yy"].to_numpy(), rcond=None)[0]
    k = own.shape[1]
    return pd.Series(fitted[k : 2 * k], index=own.columns)


@pytest.mark.parametrize(
    ("moderation", "by", "codes", "first"),
    [
        ("by_region", "region", REGIONS, "Middle"),
        ("by_sex", "sex", SEXES, "女"),
        ("by_sex_turned", "sex", SEXES, "男"),
    ],
)
def test_slopes_are_headed_with_their_group_and_compared_with_the_planned_one(
    people, found, named, moderation, by, codes, first
):
    table = found.moderation[found.moderation["moderation"] == moderation].to_dict("records")
    slopes = interacted(people, by)
    shown = {cell(row, "level", named): row for row in table if row["kind"] == "slope"}
    assert {name: row["estimate"] for name, row in shown.items()} == pytest.approx(
        {name: slopes[code] for name, code in codes.items()}
    )
    for name, row in shown.items():
        inside = people[by] == codes[name]
        assert row["n_cell"] == inside.sum()
        assert row["outcome_mean"] == pytest.approx(people.loc[inside, "yy"].mean())
    assert next(iter(shown)) == first
    for row in table:
        if row["kind"] == "difference":
            expected = slopes[codes[cell(row, "level", named)]] - slopes[codes[first]]
            assert row["estimate"] == pytest.approx(expected)


def test_curves_are_headed_with_the_group_that_they_predict(people, found, named):
    lines = {
        name: np.polyfit(rows["xx"], rows["yy"], 1)
        for name, code in SEXES.items()
        for rows in [people[people["sex"] == code]]
    }
    table = found.curves.to_dict("records")
    assert {row["cell"] for row in table} == {"category"}
    for row in table:
        heading = named.level(row["by"], row["by_value"])
        assert row["estimate"] == pytest.approx(np.polyval(lines[heading], row["value"]))


def test_a_category_is_named_with_the_one_it_is_compared_with(found, named):
    """`southern` compares the middle with the south, whatever other models compare it with."""
    row = found.verdicts.iloc[0]
    assert row["reference"] == "region = 1101013"
    assert named.contrast(row["term"], row["reference"]) == "Region: Middle (against South)"


def test_the_value_that_a_standardised_variable_is_held_at_is_no_answer(found, named):
    """The mean of a standardised yes or no is 0, which is not the answer No."""
    rows = found.moderation[found.moderation["moderation"] == "by_party"].to_dict("records")
    assert [cell(row, "level", named) for row in rows if row["kind"] == "slope"] == [
        "−1 (one SD below the mean)",
        "0 (mean)",
        "1 (one SD above the mean)",
    ]


def test_rows_of_a_moderation_by_a_number_say_what_it_is_held_at(people, named):
    moderation = {"id": "by_half", "model": "numbers", "variable": "xx"}
    planned = yaml.safe_load(PLAN)
    planned["moderation"] = [moderation | {"by": {"variable": "zz"}}]
    planned["checks"] = {"bins": 2}
    table = people.assign(zz=np.arange(len(people)) % 4)
    rows = analyse(table, plan_of(planned), 1).moderation.to_dict("records")
    shown = {row["kind"]: [] for row in rows}
    for row in rows:
        shown[row["kind"]].append(cell(row, "level", named))
    held = ["0.38 (one SD below the mean)", "1.50 (mean)", "2.62 (one SD above the mean)"]
    assert shown["slope"] == held and shown["difference"] == held[1:]
    bins = ["bin 1 of 2, median 0.50", "bin 2 of 2, median 2.50"]
    assert shown["binned_slope"] == shown["slope_at_median"] == bins


def test_a_row_that_is_about_no_group_is_headed_with_none(named):
    row = {"by": "sex", "level": "", "cell": "", "kind": "bins_not_estimable"}
    assert cell(row, "level", named) == ""


def test_arithmetic_has_no_categories_of_yes_and_no(named):
    assert named.level("half", "1") == "1"


def test_no_table_of_inference_has_a_group_called_reference(found):
    for name in ("group_means", "moderation", "curves", "arms", "coefficients", "effects"):
        text = write_csv(getattr(found, name)).decode()
        assert "reference" not in text.partition("\n")[2]


def test_a_kind_of_missing_answer_that_is_an_answer_of_its_own_has_its_words(named):
    kinds = named.instrument.missing_codes
    for kind, missing in kinds.items():
        code = str(missing.code)
        assert named.level("party", code) == missing.label["en"], kind
        assert missing.label["en"] in named.term(f"party[{code}]")
    assert kinds
