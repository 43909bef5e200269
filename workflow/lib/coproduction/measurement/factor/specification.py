"""What a researcher says about a measurement model, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coproduction.errors import Refusal, StudyError

KEYS = (
    "factors",
    "second_order",
    "method",
    "residual_covariances",
    "equal",
    "fixed",
    "orthogonal",
    "covariates",
    "order",
    "regressions",
    "covariances",
)


@dataclass(frozen=True)
class Specification:
    """A measurement model in the researcher's words.

    Attributes
    ----------
    factors
        Factor (a construct) -> the items that load on it. An item may load on several factors.
    second_order
        Second-order factor -> the first-order factors that load on it.
    method
        Method factor -> items; every loading is fixed to 1 and the factor is uncorrelated with all
        others: an acquiescence factor on items in their raw direction (Billiet and McClendon 2000,
        *Structural Equation Modeling* 7, 608–628).
    residual_covariances
        Pairs of items whose residuals covary.
    equal
        Lists of terms that are one parameter, such as `("mi =~ mi1", "mi =~ mi2")`.
    fixed
        Term -> the value it is fixed to.
    orthogonal
        Factors uncorrelated with every other factor.
    covariates
        Observed covariate -> the factors and items it acts on (a MIMIC model: a path to an item is
        a direct effect, that is differential item functioning).
    order
        Items in the order of the matrices; empty for the order in which the factors name them.
    regressions
        The structural part: what is explained (a factor, an item or another observed variable) ->
        what explains it. Observed variables that nothing explains are conditioned on.
    covariances
        Pairs of factors or observed variables that covary besides; see `layout`.
    """

    factors: Mapping[str, tuple[str, ...]]
    second_order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    method: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    residual_covariances: tuple[tuple[str, str], ...] = ()
    equal: tuple[tuple[str, ...], ...] = ()
    fixed: Mapping[str, float] = field(default_factory=dict)
    orthogonal: tuple[str, ...] = ()
    covariates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    regressions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    covariances: tuple[tuple[str, str], ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """Every item of the model, once."""
        return self.order or self.named_items

    @property
    def named_items(self) -> tuple[str, ...]:
        """Every item in the order in which the factors name them, then other observed variables."""
        named = [*self.factors.values(), *self.method.values()]
        return tuple(dict.fromkeys([*(item for items in named for item in items), *self.observed]))

    @property
    def observed(self) -> tuple[str, ...]:
        """Observed variables of the structural part, items that are regressed on something too."""
        named = [
            *self.regressions,
            *(name for names in self.regressions.values() for name in names),
            *(name for pair in self.covariances for name in pair),
        ]
        return tuple(name for name in dict.fromkeys(named) if name not in self.latent)

    @property
    def predictors(self) -> frozenset[str]:
        """Whatever explains something in the structural part."""
        return frozenset(name for names in self.regressions.values() for name in names)

    @property
    def exogenous(self) -> tuple[str, ...]:
        """Observed variables that explain something and that nothing explains."""
        below = {
            item for items in (*self.factors.values(), *self.method.values()) for item in items
        }
        return tuple(
            name
            for name in self.observed
            if name in self.predictors and name not in {*self.regressions, *below}
        )

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What is explained and explains nothing, but for items of factors."""
        below = {item for items in self.indicators.values() for item in items}
        return tuple(
            name
            for name in self.regressions
            if name not in self.predictors and name not in below | self.uncorrelated
        )

    @property
    def latent(self) -> tuple[str, ...]:
        """Every factor: first-order, second-order, method."""
        return (*self.factors, *self.second_order, *self.method)

    @property
    def indicators(self) -> dict[str, tuple[str, ...]]:
        """Factor of any order -> what loads on it."""
        return {**self.factors, **self.second_order, **self.method}

    @property
    def uncorrelated(self) -> frozenset[str]:
        """Factors without covariances: orthogonal, method, and those below a second-order one."""
        below = (name for names in self.second_order.values() for name in names)
        return frozenset((*self.orthogonal, *self.method, *below))


def specification(model: Mapping[str, Any]) -> Specification:
    """Read a measurement model from plain mappings and lists.

    Parameters
    ----------
    model
        Keys as the attributes of `Specification`; only `factors` is required.

    Raises
    ------
    StudyError
        Where a key is unknown, a factor has no items, a name is used twice or refers to nothing.
    """
    unknown = [key for key in model if key not in KEYS]
    if unknown:
        raise StudyError(
            f"The measurement model has an unknown key `{unknown[0]}`; allowed: {', '.join(KEYS)}."
        )
    spec = Specification(
        _lists(model.get("factors"), "factors"),
        _lists(model.get("second_order"), "second_order"),
        _lists(model.get("method"), "method"),
        tuple(_pair(pair) for pair in model.get("residual_covariances") or ()),
        tuple(tuple(spaced(term) for term in terms) for terms in model.get("equal") or ()),
        {spaced(term): float(value) for term, value in (model.get("fixed") or {}).items()},
        tuple(model.get("orthogonal") or ()),
        _lists(model.get("covariates"), "covariates"),
        tuple(model.get("order") or ()),
        _lists(model.get("regressions"), "regressions"),
        tuple(_pair(pair, "covariances") for pair in model.get("covariances") or ()),
    )
    _check(spec)
    return spec


def spaced(term: str) -> str:
    """Write a term with single spaces, so that `mi=~mi1` is `mi =~ mi1`."""
    for operator in ("~*~", "=~", "~~", "|", "~"):
        if operator in term:
            left, right = term.split(operator, 1)
            return f"{left.strip()} {operator} {right.strip()}"
    raise StudyError(
        f"The measurement model names the parameter `{term}`; "
        "write `factor =~ item`, `a ~~ b`, `item ~ 1` or `item | t1`."
    )


def _lists(block: Any, key: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(block, Mapping | None):
        raise StudyError(f"`{key}` of the measurement model must map a name to a list of names.")
    lists = {str(name): tuple(map(str, members)) for name, members in (block or {}).items()}
    for name, members in lists.items():
        if not members:
            raise StudyError(f"`{name}` in `{key}` of the measurement model has nothing below it.")
        if len(set(members)) < len(members):
            raise StudyError(f"`{name}` in `{key}` of the measurement model names an item twice.")
    return lists


def _pair(pair: Iterable[str], key: str = "residual_covariances") -> tuple[str, str]:
    names = tuple(map(str, pair))
    if len(names) != 2 or names[0] == names[1]:
        raise StudyError(f"`{key}` needs pairs of two names, found {list(names)}.")
    return names


def _check(spec: Specification) -> None:
    if not spec.factors and not spec.regressions:
        raise StudyError("The measurement model has no factors.")
    _check_structure(spec)
    if spec.order and sorted(spec.order) != sorted(spec.named_items):
        raise StudyError("`order` of the measurement model must name every item once.")
    named = [*spec.items, *spec.latent, *spec.covariates]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise Refusal("name_used_twice", name=twice[0])
    known = {
        "second_order": (spec.factors, [n for names in spec.second_order.values() for n in names]),
        "residual_covariances": (
            spec.items,
            [n for pair in spec.residual_covariances for n in pair],
        ),
        "orthogonal": (spec.latent, spec.orthogonal),
        "covariates": (
            (*spec.items, *spec.latent),
            [n for names in spec.covariates.values() for n in names],
        ),
    }
    for key, (allowed, names) in known.items():
        for name in names:
            if name not in allowed:
                raise StudyError(
                    f"`{key}` of the measurement model names `{name}`; "
                    f"allowed: {', '.join(allowed)}."
                )


def _check_structure(spec: Specification) -> None:
    """Refuse what explains itself and observed predictors that would be given covariances."""
    for name, predictors in spec.regressions.items():
        if name in predictors:
            raise Refusal("explains_itself", name=name)
    for name in (name for pair in spec.covariances for name in pair):
        if name in spec.exogenous:
            raise Refusal("conditioned_on", name=name)
    for name in spec.method:
        if name in {*spec.regressions, *spec.predictors}:
            raise Refusal("method_in_paths", name=name)
