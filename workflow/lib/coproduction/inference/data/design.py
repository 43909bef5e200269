"""From a declared model to its matrix: standardising, splitting, products, complete cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from coproduction.codes import code_text, indicator
from coproduction.errors import Refusal, StudyError
from coproduction.inference.data.split import MEAN, OTHERS, OWN_AND_OTHERS, WITHIN, split, terms_of
from coproduction.inference.options import Covariance, check_model
from coproduction.instrument.expressions import holds, variables_in
from coproduction.numerics.collinearity import check_collinearity
from coproduction.numerics.families import family_of
from coproduction.numerics.families.family import Family

Factors = tuple[str, ...]
NO_SPREAD = 1e-9


@dataclass(frozen=True)
class RandomEffects:
    """What varies between clusters in a two-level model, besides a random intercept.

    Attributes
    ----------
    slope
        Term whose slope varies too, or None.
    quadrature_points
        Points of the adaptive Gauss–Hermite quadrature; models with a slope use one (Laplace).
    restricted
        Whether linear models use the restricted likelihood.
    """

    slope: str | None = None
    quadrature_points: int = 15
    restricted: bool = True


@dataclass(frozen=True)
class Design:
    """A model ready to be fitted.

    Attributes
    ----------
    model
        Identifier of the model.
    outcome_name, outcome
        Name and values (n,) of the outcome.
    matrix
        n × k, columns named by term; the first is `intercept`, products are `a:b`, indicators
        `v[level]`.
    factors
        For each column, the terms whose product it is; empty for the intercept. Derivatives follow
        from it.
    indicators
        For each categorical variable, its indicator columns.
    references
        For each of them, the code of the category that has no column.
    focal
        Terms whose effects are reported (predictors, not covariates).
    clusters
        Cluster of each row (n,), or None.
    family
        Family of the outcome.
    covariance
        Kind of standard error, as declared.
    dropped
        `reason, variable, n`: rows left out, by the first variable that misses (`missing`), or
        because nobody else of the cluster has a value (`alone_in_cluster`).
    random
        Random effects of a two-level model, or None.
    others
        Columns that hold the mean of the other members of the cluster.
    """

    model: str
    outcome_name: str
    outcome: np.ndarray
    matrix: pd.DataFrame
    factors: Mapping[str, Factors]
    indicators: Mapping[str, tuple[str, ...]]
    focal: tuple[str, ...]
    clusters: np.ndarray | None
    family: Family
    covariance: Covariance
    dropped: pd.DataFrame
    random: RandomEffects | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def random_effects(self) -> RandomEffects:
        """Random effects of a two-level model.

        Raises
        ------
        StudyError
            If the model has one level.
        """
        if self.random is None:
            raise StudyError(f"The model `{self.model}` has no random effects.")
        return self.random

    @cached_property
    def cluster_names(self) -> np.ndarray:
        """Names of the J clusters, sorted."""
        return self._factorised[1]

    @cached_property
    def members(self) -> np.ndarray:
        """Position of each row's cluster among the names (n,)."""
        return self._factorised[0]

    @cached_property
    def _factorised(self) -> tuple[np.ndarray, np.ndarray]:
        return pd.factorize(np.asarray(self.clusters, object), sort=True)

    def low_and_high(self, term: str) -> tuple[float, float] | None:
        """Find the two values of a term that has no others and whose unit is their distance."""
        values = np.unique(self.matrix[term])
        two = len(values) == 2 and values[1] - values[0] == 1
        return (float(values[0]), float(values[1])) if two else None

    def siblings(self, term: str) -> tuple[str, ...]:
        """Find the indicator columns of the same categorical variable, or the term alone."""
        found = (columns for columns in self.indicators.values() if term in columns)
        return next(found, (term,))

    def compared_with(self, term: str) -> str:
        """Write the categories that a term's categories are compared with: `v = 1, w = 0`.

        A number with two values a unit apart counts as two categories.
        """
        owners = {column: name for name, columns in self.indicators.items() for column in columns}
        found = {}
        for factor in self.factors.get(term, ()):
            if factor in owners:
                found[owners[factor]] = self.references[owners[factor]]
            elif values := self.low_and_high(factor):
                found[factor] = code_text(values[0])
        return ", ".join(f"{name} = {code}" for name, code in found.items())

    def at(self, values: Mapping[str, float]) -> np.ndarray:
        """Design matrix (n × k) with everyone at the given values of some terms; products follow.

        An indicator set to 1 sets those of the other categories to 0.
        """
        matrix = self.matrix.to_numpy().copy()
        place = {name: position for position, name in enumerate(self.matrix.columns)}
        touched = {sibling for term in values for sibling in self.siblings(term)}
        for term, value in values.items():
            for sibling in self.siblings(term):
                matrix[:, place[sibling]] = 0.0
            matrix[:, place[term]] = float(value)
        for name, factors in self.factors.items():
            if len(factors) > 1 and touched & set(factors):
                matrix[:, place[name]] = matrix[:, [place[each] for each in factors]].prod(axis=1)
        return matrix


def design(table: pd.DataFrame, spec: Mapping[str, Any]) -> Design:
    """Build the design of one planned model.

    A standardised predictor is centred and divided by its standard deviation (N − 1) over the
    rows of the model. A predictor v that is split within clusters gives `v_within`, the deviation
    from the mean of the cluster, and `v_mean`, that mean; one that is split into own and others
    gives `v` and `v_others`, the mean of the *other* members. Standardising comes first, so that
    one unit of every part is one standard deviation of v. The means are those of everybody in the
    table who has a value, whether or not the model analyses them: what a cluster is like does not
    depend on who answered the other questions, or on the model's condition. A respondent alone in
    a cluster is kept with a deviation of zero, but has no others and is then left out.

    Parameters
    ----------
    table
        One row per respondent, of everybody analysed in the study.
    spec
        The model as the plan declares it.

    Raises
    ------
    StudyError
        If an option of the model is not known.
    Refusal
        If a variable is unknown or constant, the outcome does not suit the family, terms are
        collinear, or too few rows or clusters remain.
    """
    check_model(spec)
    predictors = [_entry(entry) for entry in spec["predictors"]]
    covariates = [_entry(entry) for entry in spec.get("covariates", ())]
    kept, dropped = _complete_rows(table, spec, [*predictors, *covariates])
    _check_rows(int(kept.sum()), [*predictors, *covariates], spec)
    rows = table[kept]
    clusters = rows[spec["cluster"]].astype(str).to_numpy() if "cluster" in spec else None
    columns = {"intercept": np.ones(len(rows))}
    factors: dict[str, Factors] = {"intercept": ()}
    indicators: dict[str, tuple[str, ...]] = {}
    references: dict[str, str] = {}
    focal: list[str] = []
    for entry in [*predictors, *covariates]:
        made = _columns(table, kept, entry, spec)
        _check_new(made, columns, spec["id"])
        columns.update(made)
        factors.update({name: (name,) for name in made})
        if entry.get("categorical"):
            indicators[entry["variable"]] = tuple(made)
            references[entry["variable"]] = code_text(_reference(rows[entry["variable"]], entry))
        if entry in predictors:
            focal.extend(made)
    for one, other in spec.get("interactions", ()):
        _check_interaction(one, other, factors, spec["id"])
        columns[f"{one}:{other}"] = columns[one] * columns[other]
        factors[f"{one}:{other}"] = (one, other)
    matrix = pd.DataFrame(columns, index=rows.index)
    outcome = rows[spec["outcome"]].to_numpy(float)
    _check(matrix, outcome, clusters, spec)
    if spec.get("standardise_outcome"):
        outcome = (outcome - outcome.mean()) / outcome.std(ddof=1)
    return Design(
        model=spec["id"],
        outcome_name=spec["outcome"],
        outcome=outcome,
        matrix=matrix,
        factors=factors,
        indicators=indicators,
        references=references,
        focal=tuple(focal),
        clusters=clusters,
        family=family_of(spec["family"]),
        covariance=spec["covariance"],
        dropped=dropped,
        random=_random_effects(spec),
        others=tuple(
            f"{entry['variable']}_{OTHERS}"
            for entry in [*predictors, *covariates]
            if entry.get("split") == OWN_AND_OTHERS
        ),
    )


def _random_effects(spec: Mapping[str, Any]) -> RandomEffects | None:
    if "random" not in spec:
        return None
    slope = spec.get("random_slope")
    points = 1 if slope else spec.get("quadrature_points", RandomEffects.quadrature_points)
    return RandomEffects(slope, points, spec.get("restricted_likelihood", True))


def _entry(entry: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return {"variable": entry} if isinstance(entry, str) else entry


def _complete_rows(
    table: pd.DataFrame, spec: Mapping[str, Any], entries: list[Mapping[str, Any]]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Find the rows that are analysed (n,), and count the others by the reason."""
    names = [spec["outcome"], *(entry["variable"] for entry in entries)]
    names += [spec["cluster"]] if "cluster" in spec else []
    selecting = sorted(variables_in(spec["subset"])) if "subset" in spec else []
    for name in [*names, *selecting]:
        if name not in table:
            raise Refusal("model_unknown_variable", model=spec["id"], name=name)
    meant = np.ones(len(table), bool)
    if "subset" in spec:
        meant = np.asarray(holds(spec["subset"], table), bool)
    values = table[list(dict.fromkeys(names))]
    missing = values.isna().to_numpy()
    first = np.where(missing.any(axis=1), missing.argmax(axis=1), -1)
    counts = [(name, int((meant & (first == at)).sum())) for at, name in enumerate(values)]
    dropped = [("missing", name, count) for name, count in counts if count]
    kept = meant & (first < 0)
    for entry in entries:
        if entry.get("split") == OWN_AND_OTHERS:
            lonely = kept & ~_with_others(table, entry["variable"], spec)
            term = f"{entry['variable']}_{OTHERS}"
            dropped += [("alone_in_cluster", term, int(lonely.sum()))] if lonely.any() else []
            kept &= ~lonely
    if not kept.any():
        raise _nobody(dropped, spec)
    return kept, pd.DataFrame(dropped, columns=["reason", "variable", "n"])


def _check_rows(n: int, entries: list[Mapping[str, Any]], spec: Mapping[str, Any]) -> None:
    """Refuse fewer rows than terms before few rows can look like variables that do not vary."""
    made = [1 if entry.get("categorical") else len(terms_of(entry)) for entry in entries]
    k = 1 + sum(made) + len(spec.get("interactions", ()))
    if n <= k:
        raise Refusal("model_few_rows", model=spec["id"], n=n, k=k)


def _with_others(table: pd.DataFrame, name: str, spec: Mapping[str, Any]) -> np.ndarray:
    """Tell in whose cluster somebody else has a value (n,)."""
    parts = split(_number(table, name, spec), table[_cluster(name, spec)], OWN_AND_OTHERS)
    return parts[OTHERS].notna().to_numpy()


def _nobody(dropped: list[tuple[str, str, int]], spec: Mapping[str, Any]) -> Refusal:
    """Say why no row is left, naming the variable that most lack."""
    model = spec["id"]
    if not dropped and "subset" in spec:
        return Refusal("model_nobody_selected", model=model, condition=spec["subset"])
    if not dropped:
        return Refusal("model_no_rows", model=model)
    reason, name, count = max(dropped, key=lambda each: each[2])
    if reason == "missing":
        return Refusal("model_nobody_complete", model=model, name=name, n=count)
    return Refusal("model_all_alone", model=model, term=name, cluster=spec["cluster"], n=count)


def _number(table: pd.DataFrame, name: str, spec: Mapping[str, Any]) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(table[name].dtype):
        raise Refusal("model_no_number", model=spec["id"], name=name)
    return table[name].astype(float)


def _cluster(name: str, spec: Mapping[str, Any]) -> str:
    """Name the clusters within which a variable is split."""
    if "cluster" not in spec:
        raise Refusal("split_without_cluster", model=spec["id"], name=name)
    return spec["cluster"]


def _columns(
    table: pd.DataFrame, kept: np.ndarray, entry: Mapping[str, Any], spec: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    name = entry["variable"]
    if entry.get("categorical"):
        return _indicator_columns(table.loc[kept, name], entry, spec["id"])
    everybody = _number(table, name, spec)
    values = everybody[kept]
    spread = values.std(ddof=1) if len(values) > 1 else 0.0
    if spread == 0:
        raise Refusal("model_constant_variable", model=spec["id"], name=name)
    if entry.get("standardise"):
        everybody, spread = (everybody - values.mean()) / spread, 1.0
    if "split" not in entry:
        return {name: everybody[kept].to_numpy()}
    cluster = _cluster(name, spec)
    parts = split(everybody, table[cluster], entry["split"])
    columns = {term: parts[part][kept].to_numpy() for term, part in terms_of(entry).items()}
    _check_parts(columns, entry, spread, spec)
    return columns


def _check_parts(
    columns: Mapping[str, np.ndarray],
    entry: Mapping[str, Any],
    spread: float,
    spec: Mapping[str, Any],
) -> None:
    """Refuse a part that is the same for everyone but for rounding."""
    names = {"model": spec["id"], "name": entry["variable"], "cluster": spec["cluster"]}
    for term, part in terms_of(entry).items():
        if np.ptp(columns[term]) >= NO_SPREAD * spread:
            continue
        if part == WITHIN:
            raise Refusal("split_without_within", **names)
        if part in (MEAN, OTHERS):
            raise Refusal("split_without_mean", **names)


def _check_new(
    made: Mapping[str, np.ndarray], columns: Mapping[str, np.ndarray], model: str
) -> None:
    """Refuse two different columns of one name."""
    for term, values in made.items():
        if term in columns and not np.array_equal(values, columns[term]):
            raise Refusal("term_twice", model=model, term=term)


def _indicator_columns(
    column: pd.Series, entry: Mapping[str, Any], model: str
) -> dict[str, np.ndarray]:
    levels = sorted(column.unique())
    reference = _reference(column, entry)
    if reference not in levels:
        raise no_reference(model, code_text(reference), entry["variable"])
    if len(levels) < 2:
        raise Refusal("model_constant_variable", model=model, name=entry["variable"])
    return {
        indicator(entry["variable"], code_text(level)): (column == level).to_numpy(float)
        for level in levels
        if level != reference
    }


def no_reference(model: str, reference: str, variable: str) -> Refusal:
    """Say that the reference category of a variable has no rows."""
    return Refusal("model_no_reference", model=model, term=indicator(variable, reference))


def _reference(column: pd.Series, entry: Mapping[str, Any]) -> Any:
    """Category that the others are compared with: as planned, or the first that anybody has."""
    return entry["reference"] if "reference" in entry else column.min()


def _check_interaction(one: str, other: str, factors: Mapping[str, Factors], model: str) -> None:
    for term in (one, other):
        if (term,) not in factors.values():
            known = [name for name, parts in factors.items() if len(parts) == 1]
            raise Refusal("interaction_of_no_term", model=model, term=term, terms=known)


def _check(
    matrix: pd.DataFrame, outcome: np.ndarray, clusters: np.ndarray | None, spec: Mapping[str, Any]
) -> None:
    n, k = matrix.shape
    _check_outcome(outcome, spec)
    if n <= k:
        raise Refusal("model_few_rows", model=spec["id"], n=n, k=k)
    if clusters is not None:
        _check_clusters(matrix, clusters, spec)
    check_collinearity(matrix, spec["id"])


def _check_outcome(outcome: np.ndarray, spec: Mapping[str, Any]) -> None:
    if outcome.min() == outcome.max():
        names = {"model": spec["id"], "name": spec["outcome"]}
        raise Refusal("outcome_constant", **names, n=len(outcome))
    family_of(spec["family"]).check(outcome, spec["id"], spec["outcome"])


def _check_clusters(matrix: pd.DataFrame, clusters: np.ndarray, spec: Mapping[str, Any]) -> None:
    """Refuse too few clusters, in all or on either side of a two-valued cluster variable."""
    model = spec["id"]
    groups, members = np.unique(clusters, return_inverse=True)
    if len(groups) < 2:
        raise Refusal("one_cluster", model=model, name=spec["cluster"])
    rule = spec.get("minimum_clusters", {})
    if len(groups) < rule.get("total", 0):
        raise Refusal(
            "fewer_clusters_than_planned", model=model, n=len(groups), least=rule["total"]
        )
    for name in rule.get("variables", ()):
        if name not in matrix:
            raise Refusal("minimum_clusters_of_no_term", model=model, term=name)
        values = pd.Series(matrix[name].to_numpy()).groupby(members).first()
        for value in (0.0, 1.0):
            found = int((values == value).sum())
            if found < rule.get("each", 0):
                numbers = {"value": value, "n": found, "least": rule["each"]}
                raise Refusal("few_clusters_with_value", model=model, name=name, **numbers)
