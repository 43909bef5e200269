"""What the command line says of scenarios is read, or refused with what it could be."""

from __future__ import annotations

import re

import pytest

from coproduction.errors import StudyError
from coproduction.scenarios.choice import (
    BATCH,
    KEYS,
    PERSONS,
    REPLICATES,
    choice,
    refuse_unknown,
)

KNOWN = ["base", "modest", "null"]


def test_all_scenarios_are_run_where_none_is_named():
    found = choice({"study": "town"}, KNOWN)
    assert (found.scenarios, found.replicates, found.batch) == (tuple(KNOWN), REPLICATES, BATCH)
    assert (found.persons, choice({"persons": 9}, KNOWN).persons) == (PERSONS, 9)


def test_replicates_have_as_many_imputations_as_the_plan_where_nothing_is_said():
    assert choice({}, KNOWN).imputations is None
    assert choice({"imputations": 5}, KNOWN).imputations == 5


def test_imputations_of_a_plan_that_has_none_are_refused():
    with pytest.raises(StudyError, match=r"imputations=5: plan\.yaml has no block `missing`"):
        choice({"imputations": 5}, KNOWN, False)
    assert choice({}, KNOWN, imputes=False).imputations is None


def test_named_scenarios_are_run_each_once_in_the_order_named():
    assert choice({"scenarios": "null, base,null"}, KNOWN).scenarios == ("null", "base")


@pytest.mark.parametrize("replicates", [1, 9, 10, 11, 25])
@pytest.mark.parametrize("batch", [1, 4, 10, 30])
def test_batches_hold_every_replicate_once(replicates, batch):
    found = choice({"replicates": replicates, "batch": batch}, KNOWN)
    numbers = [k for first, last in found.batches for k in range(first, last + 1)]
    assert numbers == list(range(replicates))
    assert all(last - first < batch for first, last in found.batches)


def test_finished_batches_stand_when_more_replicates_are_asked_for():
    few, many = (choice({"replicates": n, "batch": 5}, KNOWN).batches for n in (10, 20))
    assert many[: len(few)] == few


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"scenarios": "bsae"}, "scenarios=bsae: there is no scenario `bsae`; did you mean `base`"),
        ({"replicates": 0}, "replicates=0: write a whole number from 1 on, such as replicates=100"),
        ({"replicates": "many"}, "replicates=many: write a whole number"),
        ({"batch": 2.5}, "batch=2.5: write a whole number"),
        ({"batch": True}, "batch=True: write a whole number"),
        ({"imputations": 1}, "imputations=1: write a whole number from 2 on"),
    ],
)
def test_what_is_no_choice_is_refused(config, told):
    with pytest.raises(StudyError, match=told):
        choice(config, KNOWN)


def test_the_known_keys_are_those_that_are_read(root):
    rules = [*root.glob("workflow/rules/*.smk"), root / "Snakefile"]
    files = [*rules, root / "workflow/lib/coproduction/scenarios/choice.py"]
    key = re.compile(r"""config(?:\.get\(|\[|, )"(\w+)\"""")
    assert {name for each in files for name in key.findall(each.read_text("utf-8"))} == set(KEYS)
    refuse_unknown(dict.fromkeys(KEYS, 1))
    with pytest.raises(StudyError, match="no key `batches`; did you mean `batch`"):
        refuse_unknown({"batches": 2})
