from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.errors import StudyError
from coproduction.instrument.expressions import evaluate, holds, kind, variables_in

TRUTHS = [True, False, None]


def conditions(**columns) -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.array(values, dtype="boolean") for name, values in columns.items()}
    )


PAIRS = conditions(a=[a for a in TRUTHS for _ in TRUTHS], b=TRUTHS * 3)


def both(a, b):
    return False if False in (a, b) else None if None in (a, b) else True


def listed(series: pd.Series) -> list:
    return [None if pd.isna(value) else value for value in series]


def test_and_is_kleenes():
    expected = [both(a, b) for a in TRUTHS for b in TRUTHS]
    assert listed(evaluate("a and b", PAIRS)) == expected


def test_or_is_kleenes():
    expected = [True, True, True, True, False, None, True, None, None]
    assert listed(evaluate("a or b", PAIRS)) == expected


def test_not_leaves_the_unknown_unknown():
    assert listed(evaluate("not a", conditions(a=TRUTHS))) == [False, True, None]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("not (a and b)", "not a or not b"),
        ("not (a or b)", "not a and not b"),
        ("a and b", "b and a"),
        ("a or b", "b or a"),
        ("not not a", "a"),
        ("a and (a or b)", "a"),
    ],
)
def test_laws_of_logic_hold_with_unknowns(left, right):
    assert listed(evaluate(left, PAIRS)) == listed(evaluate(right, PAIRS))


def people(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n == 2", [True, False, None, None]),
        ("n != 2", [False, True, None, None]),
        ("n < 3", [True, False, None, None]),
        ("n >= 3", [False, True, None, None]),
        ("2 < n", [False, True, None, None]),
        ("n in [1, 2]", [True, False, None, None]),
        ("n not in [1, 2]", [False, True, None, None]),
        ("answered(n)", [True, True, False, False]),
        ("not answered(n)", [False, False, True, True]),
        ("selected(m, 1)", [True, False, None, None]),
        ("not selected(m, 1)", [False, True, None, None]),
        ("answered(m)", [True, True, False, False]),
        ("t == 'a'", [True, False, None, None]),
        ("t in ['a', 'b']", [True, True, None, None]),
        ("n + 1 == 3", [True, False, None, None]),
        ("-n == -5", [False, True, None, None]),
        ("n / 2 == 1", [True, False, None, None]),
        ("n / 0 == 1", [None, None, None, None]),
        ("n == 2 or answered(n)", [True, True, None, None]),
    ],
)
def test_a_comparison_with_a_missing_answer_is_unknown(text, expected):
    table = people(
        n=pd.array([2, 5, -88, None], dtype="Int64"),
        m=pd.array(["1 3", "13", "-88", None], dtype="string"),
        t=pd.array(["a", "b", "-88", None], dtype="string"),
    )
    assert listed(evaluate(text, table, missing=[-88])) == expected


def test_arithmetic_gives_numbers_and_keeps_the_unknown():
    table = people(n=pd.array([2, 5, -88, None], dtype="Int64"))
    assert listed(evaluate("n * 2 - 1", table, missing=[-88])) == [3.0, 9.0, None, None]


def test_unknown_does_not_hold_and_no_condition_holds_for_all():
    table = people(n=pd.array([2, 5, None], dtype="Int64"))
    assert holds("n == 2", table).tolist() == [True, False, False]
    assert holds("not (n == 2)", table).tolist() == [False, True, False]
    assert holds("", table).tolist() == [True, True, True]


def test_a_condition_may_run_over_several_lines():
    table = people(n=[1, 2])
    assert holds("n == 1\n or n == 2", table).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n", "is no condition"),
        ("m9 == 1", "`m9`, which is not a column"),
        ("n == 'a'", "compares a text with a number"),
        ("n ==", "not a complete expression"),
        ("n = 1", "compare with `==`"),
        ("n == 1 == 2", "in a chain"),
        ("__import__('os')", "no function `__import__`"),
        ("n.columns == 1", "does not have"),
        ("[n for n in n]", "does not have"),
        ("(lambda: n)() == 1", "no function"),
        ("n == 1e999", "too large"),
        ("n == 1j", "neither a number nor a text"),
        ("n == True", "neither a number nor a text"),
        ("f'{n}' == 1", "does not have"),
        ("n ** 2 == 4", "does not have"),
        ("n if n else n", "does not have"),
        ("n is 1", "does not have"),
        ("selected(n)", "takes an item and one code"),
        ("selected(n, n)", "takes an item and one code"),
        ("answered(n == 1)", "takes an item"),
        ("n in []", "stands a list"),
        ("n in [1 + 1]", "holds numbers or texts only"),
        ("selected(n, 1 + 1)", "takes an item and one code"),
        ("n in n", "stands a list"),
        ("n and n == 1", "a condition, such as `b == 1` must stand here"),
        ("(n == 1) == (n == 2)", "a condition cannot be compared"),
        ("(" * 300 + "n" + ")" * 300, "not a complete expression"),
    ],
)
def test_what_is_outside_the_grammar_is_refused_in_a_sentence(text, expected):
    with pytest.raises(StudyError) as error:
        holds(text, people(n=[1, 2]))
    assert expected in str(error.value)


@given(st.text(max_size=30))
def test_any_text_is_an_expression_or_refused(text):
    try:
        variables_in(text)
    except StudyError as error:
        assert text[:20].split("\n")[0] in str(error)


def test_the_kind_of_an_expression_is_known_from_the_kinds_of_its_names():
    assert kind("a + 1", {"a": "number"}) == "number"
    assert kind("a + 1 > b", {"a": "number", "b": "number"}) == "condition"
    assert kind("a", {"a": "text"}) == "text"


def test_names_are_those_of_items_and_not_of_functions():
    assert variables_in("answered(a) and selected(b, 1) or c in [1] or -d > e / 2") == set("abcde")
