"""What others may get: nobody's words, nobody's place, nobody alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.privacy.pseudonyms import codes_of, pseudonyms, secret_generator
from coproduction.release.deidentify import deidentify
from coproduction.release.disclosure import class_sizes
from coproduction.release.variables import suppressed_code
from coproduction.yamlfiles.defaults import with_defaults

RULES = {"quasi_identifiers": ["sex", "served", "place"], "k": 5}


@pytest.fixture(scope="module")
def release(cleaned, survey, schemas):
    def make(rules=RULES, key=b"secret", hidden=None, minimum=1, synthetic=False):
        responses = cleaned.responses
        numbers = pseudonyms(codes_of(responses, ["place"]), key)
        generator = secret_generator(key, "release")
        filled = with_defaults({"release": rules}, schemas["study"])["release"]
        return deidentify(
            *(responses, cleaned.scores, survey, filled, generator, numbers),
            *(hidden or {}, minimum, synthetic),
        )

    return make


def original(released, cleaned) -> pd.DataFrame:
    """The cleaned rows in the order of the release table."""
    key = released.key[released.key["variable"] == "submission"].sort_values("released")
    return cleaned.responses.set_index("submission").loc[key["original"]].reset_index()


def test_only_analysed_rows_under_random_numbers_in_random_order(release, cleaned):
    released = release()
    order = original(released, cleaned)["submission"]
    assert released.table["id"].tolist() == list(range(1, 60))
    assert "s00" not in set(order)
    assert order.tolist() != sorted(order)


def test_texts_dates_sensitive_items_and_what_the_study_names_are_left_out(release):
    released = release(RULES | {"leave_out": ["weight"]})
    for name in ("illness", "remark", "when", "income", "weight", "submission", "device"):
        assert name not in released.table
    told = released.changes.set_index("variable")["change"].to_dict()
    assert told["remark"] == told["illness"] == "open_left_out"
    assert told["income"] == "sensitive_left_out"
    assert told["when"] == "text_or_date_left_out"
    assert told["weight"] == "left_out"
    assert (
        not released.table.astype("string").apply(lambda c: c.str.contains("SECRET")).any(axis=None)
    )


def test_answers_and_scores_are_those_of_the_analysis(release, cleaned):
    released = release({"quasi_identifiers": ["sex"], "k": 2})
    rows = original(released, cleaned)
    for name in ("t1", "y2", "hours", "weight", "served"):
        pd.testing.assert_series_equal(released.table[name], rows[name], check_names=False)
    scores = cleaned.scores.set_index("submission").loc[rows["submission"], "trust"]
    np.testing.assert_array_equal(
        released.table["trust"].to_numpy(float, na_value=np.nan), scores.to_numpy()
    )


def test_every_answer_of_a_multiple_choice_is_a_column_with_the_codes_of_missing(release, cleaned):
    released = release({"quasi_identifiers": ["sex"], "k": 2})
    tasks = original(released, cleaned)["tasks"]
    expected = [-77 if t == "-77" else int("2" in t.split()) for t in tasks]
    assert released.table["tasks_2"].tolist() == expected
    assert {-77, 0, 1} == set(expected)


def test_communities_get_numbers_that_only_the_confidential_data_give_again(release, cleaned):
    rules = {"quasi_identifiers": ["sex"], "k": 2}
    released = release(rules)
    places = pd.DataFrame(
        {"old": original(released, cleaned)["place"], "new": released.table["place"]}
    ).drop_duplicates()
    assert len(places) == 6 == places["new"].nunique()
    assert places["new"].between(10_000, 99_999).all()
    key = released.key[released.key["variable"] == "place"]
    assert dict(zip(key["original"], key["released"], strict=True)) == dict(
        zip(places["old"], places["new"], strict=True)
    )
    pd.testing.assert_frame_equal(release(rules).table, released.table)
    assert not release(rules, key=b"another").key.equals(released.key)


def test_high_values_are_lowered_to_the_declared_limit(release, cleaned, survey):
    rules = {"quasi_identifiers": ["sex"], "k": 2}
    top = [{"item": "hours", "percentile": 90}, {"item": "weight", "value": 80}]
    released = release(rules | {"top_code": top})
    plain = original(released, cleaned)
    known = plain["hours"][plain["hours"] >= 0].astype(float).sort_values().to_numpy()
    limit = known[int(np.floor(0.9 * (len(known) - 1)))]
    changes = released.changes[released.changes["change"] == "top_coded"].set_index("variable")
    assert changes.loc["hours", "limit"] == limit == released.table["hours"].max()
    assert changes.loc["hours", "n"] == (known > limit).sum() > 0
    assert released.table["weight"].max() == 80
    assert (released.table["hours"] == -77).sum() == (plain["hours"] == -77).sum() > 0


def test_the_released_table_is_anonymous_and_the_report_says_how(release, survey):
    released = release()
    names, code = RULES["quasi_identifiers"], suppressed_code(survey)
    assert class_sizes(released.table, names).min() >= 5
    report = released.anonymity.set_index("stage")
    assert report.loc["before", "n_below"] > 0 == report.loc["released", "n_below"]
    assert report.loc["released", "smallest_class"] == class_sizes(released.table, names).min()
    told = released.changes[released.changes["change"] == "suppressed"].set_index("variable")["n"]
    assert told.to_dict() == {name: (released.table[name] == code).sum() for name in names}
    assert code == -100


def test_without_suppression_it_is_reported_only(release):
    released = release(RULES | {"suppress": False})
    report = released.anonymity.set_index("stage")
    assert report.loc["released", "n_below"] == report.loc["before", "n_below"] > 0
    assert not (released.changes["change"] == "suppressed").any()


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ({"quasi_identifiers": ["sx"]}, "quasi_identifiers names `sx`"),
        ({"quasi_identifiers": ["remark"]}, "quasi_identifiers names `remark`"),
        ({"quasi_identifiers": ["tasks"]}, "quasi_identifiers names `tasks`"),
        (
            {"quasi_identifiers": ["sex"], "top_code": [{"item": "sex", "value": 1}]},
            "top_code names `sex`",
        ),
        ({"quasi_identifiers": ["sex"], "k": 99}, "No group of 99 respondents"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(release, rules, sentence):
    with pytest.raises(StudyError, match=sentence):
        release(rules)


def test_simulated_rows_say_so_in_every_row(cleaned, survey, release):
    assert (release(synthetic=True).table["synthetic"] == 1).all()
    assert "synthetic" not in release().table


def test_how_and_how_well_somebody_answered_is_left_out(release):
    assert not {"mode", "language", "completeness", "flags"} & set(release().table)


def test_answers_are_the_same_whatever_the_key(release, cleaned):
    rules = {"quasi_identifiers": ["sex"], "k": 2}
    one, other = (
        original(made, cleaned)[["submission"]].join(made.table.drop(columns=["id", "place"]))
        for made in (release(rules, key=b"one"), release(rules, key=b"other"))
    )
    assert one["submission"].tolist() != other["submission"].tolist()
    sorted_one, sorted_other = (
        each.sort_values("submission", ignore_index=True) for each in (one, other)
    )
    pd.testing.assert_frame_equal(sorted_one, sorted_other)


def test_what_the_report_hides_is_suppressed_and_no_score_gives_it_away(release, cleaned, survey):
    rules, code = {"quasi_identifiers": ["sex"], "k": 2}, suppressed_code(survey)
    released = release(rules, hidden={"t1": {"2", "3"}, "tasks": {"2"}})
    rows = original(released, cleaned)
    hidden = rows["t1"].isin([2, 3]).to_numpy(bool)
    suppressed = released.table.eq(code).fillna(False)
    assert suppressed["t1"].tolist() == hidden.tolist()
    assert released.table.loc[hidden, "trust"].isna().all()
    assert released.table.loc[~hidden, "trust"].notna().any()
    answered = ~rows["tasks"].isin(["-77"]) & rows["tasks"].notna()
    assert suppressed["tasks_2"].tolist() == answered.tolist()
    assert not suppressed["tasks_1"].any()


def test_no_released_answer_stands_for_fewer_than_the_smallest_number(release, survey):
    table = release(RULES, minimum=9).table
    for item in survey.questions:
        if item.type == "select_one" and item.id in table:
            counts = table[item.id].value_counts()
            shown = counts[[value in item.response_set.values for value in counts.index]]
            assert (shown >= 9).all(), item.id


def test_a_scale_with_an_item_that_is_left_out_has_no_score(release):
    rules = {"quasi_identifiers": ["sex"], "k": 2}
    assert "trust" in release(rules).table
    assert "trust" not in release(rules | {"leave_out": ["t2"]}).table


def test_how_few_were_lowered_is_not_told(release):
    rules = {"quasi_identifiers": ["sex"], "k": 2}
    top = {"top_code": [{"item": "hours", "percentile": 90}]}
    changes = release(rules | top, minimum=50).changes
    assert changes.loc[changes["change"] == "top_coded", "n"].isna().all()
