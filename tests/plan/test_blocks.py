"""The plan's blocks say what its schema says, so that no key is lost between file and step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from coproduction.errors import StudyError
from coproduction.numerics.families import FAMILIES
from coproduction.plan.models.model import Model
from coproduction.plan.plan import Plan, read_plan
from coproduction.plan.reading import read
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.study import Study, read_study
from coproduction.yamlfiles.defaults import resolved
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.yamlfile import read_yaml


def below(kind: Any) -> Any:
    """Find what a field holds when it is there: a block, a `Literal` or a plain type."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple or origin is Mapping:
        return below(inner[1] if origin is Mapping else inner[0])
    kinds = [each for each in inner if each is not NoneType]
    return below(kinds[0]) if inner and origin is not Literal and len(kinds) == 1 else kind


def places(schema: Mapping, kind: Any, definitions: Mapping, path=()) -> Iterator[tuple]:
    """Go through a schema and the types that stand for it, both at once."""
    schema = resolved(schema, definitions)
    if "items" in schema:
        yield from places(schema["items"], kind, definitions, (*path, 0))
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from places(each, kind, definitions, path)
    else:
        yield path, schema, kind
    if is_dataclass(kind) and "properties" in schema:
        hints = get_type_hints(kind)
        for key, each in schema["properties"].items():
            yield from places(each, below(hints.get(key)), definitions, (*path, key))


@pytest.fixture(scope="module")
def blocks(schemas) -> list[tuple]:
    return list(places(schemas["plan"], Plan, schemas["plan"]["$defs"]))


def test_every_block_has_the_keys_of_the_schema_and_no_other(blocks):
    found = [each for each in blocks if "properties" in each[1]]
    assert len(found) > 25
    for path, schema, kind in found:
        known = {field.name for field in fields(kind)} - {"left_out"}
        assert known == set(schema["properties"]), path


def test_a_key_may_be_left_out_where_the_schema_says_so_and_has_one_default(blocks):
    for path, schema, kind in blocks:
        if "properties" not in schema:
            continue
        for field in fields(kind):
            if field.name == "left_out":
                continue
            optional = field.default is not MISSING or field.default_factory is not MISSING
            stated = "default" in schema["properties"][field.name]
            needed = field.name in schema.get("required", ())
            # Words for the report need not be there for what is computed.
            words = field.default_factory is not MISSING and needed
            assert words or [optional, stated, needed].count(True) == 1, (path, field.name)


def test_every_option_of_the_schema_is_one_of_its_field(blocks):
    options = {path: schema["enum"] for path, schema, _ in blocks if "enum" in schema}
    assert len(options) > 15
    for path, schema, kind in blocks:
        if "enum" in schema:
            known = FAMILIES if path[-1] == "family" else get_args(kind)
            assert sorted(schema["enum"]) == sorted(known), path


def documents(root: Path, schemas, name: str) -> tuple[Document, Study]:
    folder = root / "instruments" / name
    texts = {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    document = read_yaml(texts["plan.yaml"], "plan.yaml", schemas["plan"])
    return document, read_study(texts, f"instruments/{name}", schemas)


@pytest.mark.parametrize("name", ["coproduction", "cowles", "bfi"])
def test_a_plan_goes_through_plain_values_unchanged(root, schemas, name):
    document, study = documents(root, schemas, name)
    plain = asdict(study.plan)
    assert read_plan(plain) == study.plan
    assert read_plan(plain).left_out == study.plan.left_out == document.left_out


def test_a_default_that_is_written_out_changes_nothing_but_who_says_it(root, schemas):
    document, study = documents(root, schemas, "coproduction")
    written = read_plan(document.data)
    assert written == study.plan
    assert written.states("models", 0, "role")
    assert not study.plan.states("models", 0, "quadrature_points")
    assert study.plan.states("measurement", "fit_limits", "cfi")
    _, study = documents(root, schemas, "cowles")
    assert not study.plan.states("measurement", "fit_limits", "cfi")


def test_nothing_that_a_plan_says_is_lost(root, schemas):
    def same(said, made) -> bool:
        if isinstance(said, Mapping):
            return all(same(each, made[key]) for key, each in said.items())
        if isinstance(said, list):
            return len(said) == len(made) and all(map(same, said, made))
        # A variable that is only named is a whole entry.
        return said == (made["variable"] if isinstance(made, Mapping) else made)

    for name in ("coproduction", "cowles", "bfi"):
        document, study = documents(root, schemas, name)
        assert same(document.written, asdict(study.plan))


SPEC = {
    "id": "one",
    "role": "confirmatory",
    "outcome": "y",
    "family": "gaussian",
    "predictors": [{"variable": "x", "standardise": True}],
    "covariates": ["z"],
    "covariance": "HC3",
    "weights": "none",
    "quadrature_points": 15,
    "restricted_likelihood": True,
}


def test_a_covariate_that_is_only_named_is_an_entry_like_the_others():
    model = read(Model, SPEC)
    assert model.entries == (Predictor("x", standardise=True), Predictor("z"))
    assert model.subset is None and model.interactions == ()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"familly": "gaussian"}, "`key of Model` cannot be `familly`; allowed: .*`family`"),
        ({"covariance": "HC0"}, "`covariance` cannot be `HC0`; allowed: .*`HC3`"),
        ({"covariates": [{"variable": "z", "split": "both"}]}, "`split` cannot be `both`"),
    ],
)
def test_what_is_no_key_and_no_option_of_a_block_is_refused(changed, words):
    with pytest.raises(StudyError, match=words):
        read(Model, SPEC | changed)


def test_what_a_block_cannot_be_without_is_missed():
    with pytest.raises(StudyError, match="Model needs the key `outcome`"):
        read(Model, {key: value for key, value in SPEC.items() if key != "outcome"})


def test_a_moderator_takes_what_it_does_not_say_from_the_models_own_entry():
    own = Predictor("x", standardise=True, categorical=None, reference=2)
    assert Predictor("x", categorical=True).over(own) == Predictor(
        "x", standardise=True, categorical=True, reference=2
    )
    assert Predictor("x", standardise=False, reference=0).over(own) == Predictor(
        "x", standardise=False, reference=0
    )


def test_clusters_of_every_block_are_known_to_be_clusters(root, schemas):
    _, study = documents(root, schemas, "coproduction")
    assert study.plan.clusters == {"s3"}
