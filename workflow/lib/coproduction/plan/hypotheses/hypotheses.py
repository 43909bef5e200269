"""The blocks `families` and `hypotheses`: models, terms and values of the estimands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from coproduction.codes import code_text
from coproduction.numerics.multiplicity import Method
from coproduction.plan.hypotheses.further_models import FurtherModel, FurtherModels
from coproduction.plan.models.model import Model
from coproduction.plan.models.models import terms_of_model
from coproduction.plan.options import (
    AVERAGE_MARGINAL_EFFECT,
    COEFFICIENT,
    CROSS_PARTIAL,
    DIFFERENCE,
    Check,
    Comparison,
    Direction,
    Effect,
    EstimandKind,
    Part,
    Per,
    Status,
)
from coproduction.plan.vocabulary.names import Names, one_of
from coproduction.plan.vocabulary.terms import Terms, listed, term
from coproduction.yamlfiles.problems import Path, Problem, unknown


@dataclass(frozen=True, kw_only=True)
class FamilyOfTests:
    """Hypotheses whose tests are corrected together.

    Attributes
    ----------
    id, label
        Its name, and what it is by language.
    method
        Correction for multiple tests.
    level
        Level of the corrected tests.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    method: Method
    level: float


@dataclass(frozen=True, kw_only=True)
class Estimand:
    """The quantity that decides a hypothesis.

    Attributes
    ----------
    kind
        What is computed.
    variable
        Its term, or product of a coefficient; None of a cross-partial and a difference.
    variables
        The two terms of these.
    at
        Values that everyone is set to, by term.
    category
        Code of the category of an ordinal outcome; None for the highest.
    part
        Part of a two-part model that a coefficient belongs to.
    per
        Whose standard deviation is a unit of a construct: its own or its score's. None where it is
        about no construct.
    """

    kind: EstimandKind
    variable: str | None = None
    variables: tuple[str, ...] = ()
    at: Mapping[str, float] = field(default_factory=dict)
    category: float | None = None
    part: Part
    per: Per | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Single terms that it is about."""
        return self.variables or tuple(self.term.split(":"))

    @property
    def term(self) -> str:
        """Term or terms as one text: `a`, `a:b` of a product or cross-partial, `a - b`."""
        if self.variable is not None:
            return self.variable
        return (" - " if self.kind == DIFFERENCE else ":").join(self.variables)

    @property
    def held(self) -> str:
        """Values that everyone is set to, such as `a = 1, b = -0.5`."""
        return ", ".join(f"{name} = {code_text(value)}" for name, value in self.at.items())


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """A hypothesis with its decision rule.

    Attributes
    ----------
    id, statement
        Its name, and the hypothesis in one sentence by language.
    family
        Family of tests it is corrected in.
    model
        Model that tests it.
    estimand
        The quantity that decides it.
    direction
        Predicted sign.
    comparison
        With zero, or with the margin of non-inferiority.
    smallest_effect
        Smallest effect of interest, positive, on the estimand's scale.
    status
        What it counts as.
    minimum_cell
        Fewest analysed respondents in each cell of its 0/1 terms; 0 if there is no such rule.
    effect
        Whether it is about all that follows from the exposure, or what does not pass through what
        its model adjusts for.
    adjusts_because
        Why the model of a total effect adjusts for something downstream, by language.
    rival_of
        Hypothesis about the same estimand with the opposite sign.
    checks
        Further models that it has to pass, if any are planned.
    unit
        Unit of the estimand by language.
    """

    id: str
    statement: Mapping[str, str] = field(default_factory=dict)
    family: str
    model: str
    estimand: Estimand
    direction: Direction
    comparison: Comparison
    smallest_effect: float
    status: Status
    minimum_cell: int = 0
    effect: Effect
    adjusts_because: Mapping[str, str] | None = None
    rival_of: str | None = None
    checks: FurtherModels | None = None
    unit: Mapping[str, str] = field(default_factory=dict)

    @property
    def further_models(self) -> Mapping[Check, FurtherModel]:
        """Further models that it has to pass."""
        return self.checks.planned if self.checks else {}

    def asked_of(self, check: Check, further: FurtherModel) -> Hypothesis:
        """Make of it what a further model is asked, under a name of its own."""
        estimand = replace(self.estimand, per=further.per)
        if further.variable is not None or further.variables:
            estimand = replace(estimand, variable=further.variable, variables=further.variables)
        return replace(
            self,
            id=f"{self.id} {check}",
            model=further.model,
            estimand=estimand,
            smallest_effect=further.smallest_effect or self.smallest_effect,
            checks=None,
        )


def problems(
    planned: Sequence[Hypothesis],
    families: Sequence[FamilyOfTests],
    models: Mapping[str, Model],
    names: Names,
) -> Iterator[Problem]:
    """Find what is wrong with families and hypotheses."""
    known: set[str] = set()
    for position, family in enumerate(families):
        if family.id in known:
            yield ("families", position, "id"), f"the family `{family.id}` stands twice."
        known.add(family.id)
    seen: dict[str, Hypothesis] = {}
    for position, hypothesis in enumerate(planned):
        path = ("hypotheses", position)
        if hypothesis.id in seen:
            yield path, f"the hypothesis `{hypothesis.id}` stands twice."
        yield from one_of((*path, "family"), hypothesis.family, sorted(known), "family")
        yield from one_of((*path, "model"), hypothesis.model, list(models), "model")
        if hypothesis.model in models:
            terms = terms_of_model(models[hypothesis.model], names)
            yield from _estimand((*path, "estimand"), hypothesis.estimand, terms, names)
        yield from _checks((*path, "checks"), hypothesis, models, names)
        yield from _rival(path, hypothesis, seen)
        seen[hypothesis.id] = hypothesis


def _estimand(path: Path, estimand: Estimand, known: Terms, names: Names) -> Iterator[Problem]:
    pair = estimand.kind in (CROSS_PARTIAL, DIFFERENCE)
    if pair == (estimand.variable is not None) or pair != bool(estimand.variables):
        needed = "variables" if pair else "variable"
        yield path, f"the estimand `{estimand.kind}` takes `{needed}`."
    elif pair:
        wrong = list(listed((*path, "variables"), estimand.variables, known))
        yield from wrong or _pair((*path, "variables"), estimand, known)
    elif estimand.kind == COEFFICIENT:
        if message := known.lacks_coefficient(estimand.term):
            yield (*path, "variable"), message
    else:
        yield from term((*path, "variable"), estimand.term, known)
    yield from _at((*path, "at"), estimand, known, names)
    yield from _per((*path, "per"), estimand, known)


def _per(path: Path, estimand: Estimand, known: Terms) -> Iterator[Problem]:
    """Ask whose standard deviation is meant of constructs, and of nothing else."""
    owners = [known.single[name] for name in estimand.names if name in known.single]
    measured = any(each.construct is not None for each in owners)
    if measured and estimand.per is None:
        told = "the estimand is about a construct"
        yield path, f"{told}; say whose standard deviation is a unit, `construct` or `score`."
    elif estimand.per is not None and owners and not measured:
        yield path, "is for terms of a `construct`; leave `per` out."


def _pair(path: Path, estimand: Estimand, known: Terms) -> Iterator[Problem]:
    """Find a difference or cross-partial of two terms that is zero whatever the data."""
    one, other = estimand.variables
    if estimand.kind == DIFFERENCE:
        if one == other:
            yield path, f"`{one}` does not differ from itself; name two terms."
        return
    if known.share_variable(one, other):
        variable = known.single[one].name
        yield path, f"nobody is in two categories of `{variable}`; name two variables."


def _at(path: Path, estimand: Estimand, known: Terms, names: Names) -> Iterator[Problem]:
    """Check the terms that everyone is set at, and whether they can have the values."""
    if estimand.at and estimand.kind not in (AVERAGE_MARGINAL_EFFECT, DIFFERENCE):
        yield path, f"`{estimand.kind}` is not taken at values; leave `at` out."
    for name, value in estimand.at.items():
        place = (*path, name)
        if name in known.references:
            example = next(iter(known.of(name)), f"{name}[code]")
            message = f"`{name}` is categorical; set one of its terms to 1, such as `{example}`."
            yield place, message
            continue
        yield from term(place, name, known)
        entry = known.single.get(name)
        if "[" in name and value not in (0, 1):
            yield place, f"`{name}` is 0 or 1, not {code_text(value)}."
        elif name in names and not (entry and (entry.standardise or entry.split)):
            yield from _inside(place, name, value, names)


def _inside(place: Path, name: str, value: float, names: Names) -> Iterator[Problem]:
    """Check a value against the range of a variable: it may stand between two codes."""
    possible = names[name].possible
    if possible and not (possible.meets("<=", value) and possible.meets(">=", value)):
        yield place, f"`{name}` cannot be {code_text(value)}; possible are {possible}."


def _checks(
    path: Path, hypothesis: Hypothesis, models: Mapping[str, Model], names: Names
) -> Iterator[Problem]:
    """Find further models that are not there, or do not have the terms that they are asked for."""
    for check, further in hypothesis.further_models.items():
        place = (*path, check)
        yield from one_of((*place, "model"), further.model, list(models), "model")
        if further.model in models:
            asked = hypothesis.asked_of(check, further).estimand
            yield from _estimand(place, asked, terms_of_model(models[further.model], names), names)


def _rival(path: Path, hypothesis: Hypothesis, seen: Mapping[str, Hypothesis]) -> Iterator[Problem]:
    name = hypothesis.rival_of
    if name is None:
        return
    if name not in seen:
        what = f"no hypothesis `{name}` stands before this one"
        yield (*path, "rival_of"), unknown(name, list(seen), what, "before it stand")
        return
    for key in ("family", "model", "estimand"):
        if getattr(seen[name], key) != getattr(hypothesis, key):
            yield (*path, key), f"must be that of its rival `{name}`."
