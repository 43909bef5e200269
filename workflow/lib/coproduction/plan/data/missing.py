"""The block `missing`: which missing answers are imputed, and how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coproduction.instrument.definition import Instrument
from coproduction.plan.data.not_at_random import NotAtRandom
from coproduction.plan.data.variables import Variable
from coproduction.plan.models.model import Model
from coproduction.plan.options import ImputationMethod, WithoutConsent
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.yamlfiles.problems import Path, Problem, unknown

NEEDS_BLOCK = "needs a block `missing` in the plan."
OWN_FLAGS = (
    "imputed tables hold who counts by the plan's `flagged_rows`; leave out `missing` or "
    "`flagged_rows` of this model."
)
NUMBERED = ("select_one", "integer", "decimal")


@dataclass(frozen=True)
class ImputedItem:
    """An item that is imputed otherwise than its type says.

    Attributes
    ----------
    item
        The item.
    method
        How it is imputed; None where its type decides.
    own_answers
        Kinds of missing answer that are answers of their own.
    """

    item: str
    method: ImputationMethod | None = None
    own_answers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MissingAnswers:
    """How missing answers are imputed.

    Attributes
    ----------
    imputations, iterations
        How many completed tables there are, and how often every item is imputed for each.
    donors
        Rows among which predictive mean matching draws.
    auxiliary
        Items that help to impute others, and are in no model.
    items
        Items that are imputed otherwise than their type says.
    without_consent
        Sensitive items of those who did not consent to them: a category of their own, or imputed.
    not_at_random
        Hypotheses that are tested again under answers missing not at random, if any are.
    """

    imputations: int
    iterations: int
    donors: int
    auxiliary: tuple[str, ...] = ()
    items: tuple[ImputedItem, ...] = ()
    without_consent: WithoutConsent
    not_at_random: NotAtRandom | None = None

    def item(self, name: str) -> ImputedItem:
        """Find what is planned for an item."""
        return next((each for each in self.items if each.item == name), ImputedItem(name))


def imputable(instrument: Instrument) -> list[str]:
    """Name the items whose missing answers can be imputed: codes and numbers of the respondents.

    What sorts respondents into clusters or arms is none of them.
    """
    return [
        item.id
        for item in instrument.questions
        if item.type in NUMBERED and item.role != "cluster" and not item.confidential
    ]


def problems(
    planned: MissingAnswers | None,
    models: Sequence[Model],
    main: Instrument,
    variables: Sequence[Variable],
) -> Iterator[Problem]:
    """Find what is wrong with the block, and models that need it or something in it.

    Parameters
    ----------
    planned
        The block, if the plan has one.
    models, main, variables
        Models of the plan, the questionnaire that is analysed, derived variables.
    """
    if planned is None:
        for position, model in enumerate(models):
            if model.missing == "imputed":
                yield ("models", position, "missing"), NEEDS_BLOCK
        return
    for position, model in enumerate(models):
        if model.missing == "imputed" and model.flagged_rows:
            yield ("models", position, "missing"), OWN_FLAGS
    known = imputable(main)
    named: list[tuple[Path, str]] = [
        (("missing", "auxiliary", place), name) for place, name in enumerate(planned.auxiliary)
    ]
    named += [
        (("missing", "items", place, "item"), each.item) for place, each in enumerate(planned.items)
    ]
    for path, name in named:
        if name not in known:
            yield path, unknown(name, known, f"`{name}` is no item that can be imputed")
    for place, each in enumerate(planned.items):
        path = ("missing", "items", place)
        item = main.by_id.get(each.item)
        if each.method == "logit" and item and item.values and len(item.values) != 2:
            message = f"`logit` is for two answers, and `{each.item}` has {len(item.values)}."
            yield (*path, "method"), message
        yield from _own_answers((*path, "own_answers"), each, models, main, variables)
    if planned.without_consent == "category":
        yield from _consent(models, main)


def _own_answers(
    path: Path,
    planned: ImputedItem,
    models: Sequence[Model],
    main: Instrument,
    variables: Sequence[Variable],
) -> Iterator[Problem]:
    """Refuse answers of their own that there are not, or where codes are reckoned with."""
    kinds = main.missing_codes
    for position, kind in enumerate(planned.own_answers):
        if kind not in kinds:
            what = f"there is no kind of missing answer `{kind}`"
            yield (*path, position), unknown(kind, kinds, what)
    name, item = planned.item, main.by_id.get(planned.item)
    if not planned.own_answers or item is None:
        return
    if item.construct:
        yield path, f"`{name}` is an item of the scale `{item.construct}`, which is a number."
    for variable in variables:
        if name in variable.columns:
            yield (
                path,
                f"the variable `{variable.id}` is made of `{name}`, of its other codes only.",
            )
    for model in models:
        entry = model.entry(name)
        if entry is not None and not entry.categorical:
            yield path, f"model `{model.id}` takes `{name}` as a number; set `categorical: true`."


def _consent(models: Sequence[Model], main: Instrument) -> Iterator[Problem]:
    """Ask models of sensitive items for the consent to them, which is their category."""
    consents = [item.id for item in main.with_role("consent_sensitive")]
    sensitive = {item.id for item in main.questions if item.sensitive}
    for position, model in enumerate(models):
        if model.missing == "complete" or not consents:
            continue
        named = [each.variable for each in model.entries if each.variable in sensitive]
        if named and model.entry(consents[0]) is None:
            message = (
                f"`{named[0]}` is sensitive, and those who did not consent are in the model by "
                f"a category of their own: add `{consents[0]}` to its `covariates`, or set "
                "`without_consent: imputed` under `missing`."
            )
            yield ("models", position, _key(model, named[0])), message


def _key(model: Model, name: str) -> str:
    """Find under which key of a model a variable stands."""

    def holds(entries: Sequence[Predictor]) -> bool:
        return any(each.variable == name for each in entries)

    return "predictors" if holds(model.predictors) else "covariates"
