"""Products in path models are checked with file and line before any data."""

from __future__ import annotations

import re

import pytest
from every_block import PLAN, texts

from coproduction.errors import StudyError
from coproduction.study import read_study

SOUND = "regressions: {hope: [trust, busy], hours: [hope, trust, hope:trust]}"


@pytest.mark.parametrize(
    ("wrong", "key", "told"),
    [
        ("hours: [hope, hope:trust]", "hours.1", "needs `trust` beside it in what explains"),
        ("hours: [hope, trust, hope:trusty]", "hours.2", "`trusty` is neither an item"),
        ("hours: [hope, trust, hope:trust, trust:hope]", "hours.3", "is the product `hope:trust`"),
        ("hours: [hope, trust], hope:trust: [busy]", "hope:trust", "which nothing explains"),
        ("hours: [hope, trust, hope:trust:busy]", "hours.2", "hope:trust:busy"),
    ],
)
def test_a_product_is_refused_where_it_cannot_stand(schemas, wrong, key, told):
    changed = f"regressions: {{hope: [trust, busy], {wrong}}}"
    assert PLAN.count(SOUND) == 1
    with pytest.raises(StudyError) as error:
        read_study(texts(plan=PLAN.replace(SOUND, changed)), "instruments/small", schemas)
    assert re.search(
        rf"plan.yaml, line \d+, paths.0.regressions.{key}: .*{re.escape(told)}", str(error.value)
    )


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("estimator: MLR", "the product `hope:trust` needs the estimator SAM, not MLR."),
        ("bootstrap: 200", "the product `hope:trust` cannot stand beside `bootstrap`"),
        ("effects: [{kind: total_effect, along: [trust, hope:trust]}]", "to which nothing leads"),
        ("effects: [{kind: path, along: [hope:trust, hope]}]", "no regression of `hope` on"),
        ("effects: [{kind: path, along: [hope:busy, hours]}]", "no variable of the path model"),
    ],
)
def test_what_products_cannot_have_is_refused(schemas, lines, told):
    model = f"paths:\n  - id: along\n    {SOUND}\n    {lines}\n"
    start, end = PLAN.index("paths:\n"), PLAN.index("families:")
    changed = PLAN[:start] + model + PLAN[end:]
    with pytest.raises(StudyError) as error:
        read_study(texts(plan=changed), "instruments/small", schemas)
    assert told in str(error.value)
    assert re.search(r"plan.yaml, line \d+, paths.0", str(error.value))
