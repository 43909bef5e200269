"""Confirmatory factor analysis: the one entry point."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from coproduction.errors import Refusal, StudyError
from coproduction.measurement.factor import least_squares, maximum_likelihood
from coproduction.measurement.factor.admissibility import (
    check_continuous,
    check_identified,
    check_ordinal,
    cluster_warnings,
    correlation_warnings,
    solution_warnings,
)
from coproduction.measurement.factor.distance import Distance, distance
from coproduction.measurement.factor.estimates import Estimates
from coproduction.measurement.factor.incomplete_normal import Sample, sample
from coproduction.measurement.factor.layout import constrain, factor_model
from coproduction.measurement.factor.maximum_likelihood import Likelihood
from coproduction.measurement.factor.model import FactorModel, Kind
from coproduction.measurement.factor.specification import Specification, specification
from coproduction.measurement.fit.population_missing import incomplete_population
from coproduction.measurement.fit.robust import robust_estimate
from coproduction.measurement.fit.tables import (
    factor_correlations,
    fit_line,
    fit_series,
    parameter_table,
    square_table,
)
from coproduction.measurement.options import Estimator, Identification, Missing, Parameterisation
from coproduction.measurement.ordinal.polychoric import Polychoric, polychoric
from coproduction.notes import Note
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.options import check_between, check_option
from coproduction.printing import printed
from coproduction.rows import Rows, rows_across


@printed
@dataclass(frozen=True)
class FactorFit:
    """A fitted measurement model.

    Attributes
    ----------
    model
        What was estimated.
    estimator
        How.
    parameters
        One row per parameter: `term, kind, lhs, rhs, estimate, std_error, statistic, p_value,
        conf_low, conf_high, standardised, standardised_std_error`, preceded by `group` where there
        are several. A fixed parameter has no standard error.
    fit
        Named fit measures.
    implied, sample
        For each group, the implied and the observed covariance matrix of the items (polychoric
        correlations for WLSMV).
    factor_correlations
        For each group, correlations of the factors.
    estimates
        Estimated parameters, their covariance matrix, tests and moments.
    objective
        What was optimised: the weighted distance of WLSMV, with the sampling covariance of the
        statistics, or the likelihood.
    warnings
        What is amiss, naming item, factor and group.
    """

    model: FactorModel
    estimator: Estimator
    parameters: pd.DataFrame
    fit: pd.Series
    implied: tuple[pd.DataFrame, ...]
    sample: tuple[pd.DataFrame, ...]
    factor_correlations: tuple[pd.DataFrame, ...]
    estimates: Estimates
    objective: Distance | Likelihood
    warnings: tuple[Note, ...]
    shown: ClassVar[tuple[str, ...]] = (
        *("group", "lhs", "kind", "rhs", "estimate", "std_error", "p_value", "standardised"),
    )

    @property
    def residual_correlations(self) -> tuple[pd.DataFrame, ...]:
        """For each group, observed less implied correlations of the items."""
        return tuple(
            correlations(observed) - correlations(implied)
            for observed, implied in zip(self.sample, self.implied, strict=True)
        )

    @property
    def n_clusters(self) -> int | None:
        """Clusters that standard errors and tests allow for; None where cases are independent."""
        if isinstance(self.objective, Distance):
            together = self.objective.cluster_influences
            return None if together is None else len(together)
        return self.objective.samples[0].rows.n_clusters if self.estimator == "MLR" else None

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        latent, observed = self.model.specification.latent, self.model.observed
        return (
            f"{len(latent)} factors of {len(observed)} items, {self.estimator}: "
            f"{fit_line(self.fit)}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per parameter, loadings first."""
        later = self.parameters["kind"].ne("loading")
        return self.parameters.loc[later.sort_values(kind="stable").index].reset_index(drop=True)

    @property
    def loadings(self) -> pd.DataFrame:
        """The rows of `parameters` that are loadings."""
        return self.parameters[self.parameters["kind"] == "loading"].reset_index(drop=True)


def correlations(covariances: pd.DataFrame) -> pd.DataFrame:
    """Divide covariances by standard deviations."""
    sd = np.sqrt(np.diag(covariances))
    return covariances / np.outer(sd, sd)


def confirmatory(
    items: pd.DataFrame,
    model: Mapping[str, Any] | Specification,
    estimator: Estimator = "WLSMV",
    *,
    missing: Missing = "listwise",
    identification: Identification = "marker",
    parameterisation: Parameterisation = "delta",
    means: bool = False,
    groups: pd.Series | None = None,
    equal_across: Collection[str] = (),
    rows: Rows | None = None,
    confidence: float = CONFIDENCE,
) -> FactorFit:
    """Fit a measurement model.

    Parameters
    ----------
    items
        Respondents × items, NaN where missing; columns the model does not name are ignored.
    model
        The model as plain mappings (see `specification.Specification`), without `covariates`.
    estimator
        `ML`: normal likelihood with covariances divided by N, standard errors from the expected
        information (from the observed one with missing answers); `MLR`: the same estimates with
        Huber–White standard errors and the Yuan–Bentler test as scaled by Mplus; `WLSMV`:
        polychoric correlations, diagonally weighted least squares with robust standard errors and
        the scaled-and-shifted test (Asparouhov and Muthén 2010).
    missing
        `listwise` leaves out rows with a missing answer; `fiml` uses every answer (ML, MLR);
        `pairwise` estimates each threshold and correlation from who answered (WLSMV).
    identification
        `marker` fixes the first loading of each factor to 1, `standardised` each factor's variance.
    parameterisation
        Of ordinal items: `delta` gives the latent responses variance one, `theta` their residuals.
    means
        Whether intercepts are estimated even where no answer is missing (ML, MLR).
    groups
        Group of each respondent, on the index of `items`: every group gets parameters of its own.
    equal_across
        Kinds of parameters that are the same in every group, such as `loading`.
    rows
        What the respondents stand for; each for itself where it is not told. Standard errors and
        test (MLR, WLSMV) hold under any dependence within their clusters.
    confidence
        Confidence level of the intervals.

    Raises
    ------
    StudyError
        Where an option is unknown, the model cannot be read or has covariates, the answers cannot
        identify it or the search finds no optimum.
    """
    spec = model if isinstance(model, Specification) else specification(model)
    _check_covariates(spec)
    check_option("estimator", estimator, Estimator)
    check_option("missing", missing, Missing)
    check_option("identification", identification, Identification)
    check_option("parameterisation", parameterisation, Parameterisation)
    check_between("confidence", confidence, 0, 1)
    _check_kinds(equal_across)
    _check_combination(estimator, missing, rows)
    data = _answers(items, spec, missing)
    names, parts = _split(data, groups)
    inside = rows_across(rows, parts, names, "cluster").split([len(part) for part in parts])
    if estimator == "WLSMV":
        triples = zip(parts, inside, names, strict=True)
        statistics = tuple(_polychoric(*each) for each in triples)
        laid = _ordinal_model(spec, statistics, names, identification, parameterisation)
        return fit_ordinal(constrain(laid, equal_across), statistics, confidence)
    laid = factor_model(
        spec, groups=names, identification=identification, means=means or missing == "fiml"
    )
    pairs = zip(parts, inside, strict=True)
    samples = tuple(sample(part.to_numpy(float), own) for part, own in pairs)
    return fit_continuous(constrain(laid, equal_across), samples, estimator, confidence)


def _polychoric(part: pd.DataFrame, rows: Rows, group: str) -> Polychoric:
    try:
        return polychoric(part, rows=rows)
    except Refusal as error:
        if not group:
            raise
        raise Refusal("refused_in_group", group=group, reason=error.note) from None


def fit_polychoric(
    model: Mapping[str, Any] | Specification, statistics: Polychoric, confidence: float = CONFIDENCE
) -> FactorFit:
    """Fit a model of one group to polychoric correlations of its items (WLSMV), in their order."""
    spec = model if isinstance(model, Specification) else specification(model)
    laid = _ordinal_model(spec, (statistics,), ("",), "marker", "delta")
    return fit_ordinal(laid, (statistics,), confidence)


def _ordinal_model(
    spec: Specification,
    statistics: tuple[Polychoric, ...],
    groups: tuple[str, ...],
    identification: Identification,
    metric: Parameterisation,
) -> FactorModel:
    check_ordinal(statistics, groups)
    return factor_model(
        spec,
        groups=groups,
        identification=identification,
        metric=metric,
        thresholds=[len(each) for each in statistics[0].thresholds],
    )


def fit_ordinal(
    model: FactorModel, statistics: Sequence[Polychoric], confidence: float = CONFIDENCE
) -> FactorFit:
    """Fit a model that is laid out to each group's polychoric correlations (WLSMV).

    Standard errors and tests hold under dependence within clusters where the correlations were
    estimated with them, numbered alike in every group.
    """
    objective = distance(model, tuple(statistics))
    check_identified(model, objective.generic_information(), objective.n_moments)
    notes = [note for each in statistics for note in each.warnings]
    notes += correlation_warnings(statistics, model.groups)
    together = [each.cluster_influences for each in statistics]
    notes += cluster_warnings([each.any(1).sum() for each in together if each is not None])
    return _fit(objective, least_squares.estimate(objective), "WLSMV", confidence, notes)


def fit_continuous(
    model: FactorModel,
    samples: Sequence[Sample],
    estimator: Literal["ML", "MLR"] = "MLR",
    confidence: float = CONFIDENCE,
) -> FactorFit:
    """Fit a model that is laid out to each group's answers by maximum likelihood."""
    check_continuous(model, samples)
    objective = maximum_likelihood.likelihood(model, tuple(samples))
    check_identified(model, objective.generic_information(), objective.n_moments)
    robust = estimator == "MLR"
    estimates = (robust_estimate if robust else maximum_likelihood.estimate)(objective)
    if not objective.complete:
        population = incomplete_population(objective, estimates.theta, robust)
        estimates = replace(estimates, population=population)
    notes = cluster_warnings([(each.sizes > 0).sum() for each in objective.clusters or ()])
    return _fit(objective, estimates, estimator, confidence, notes)


def _check_covariates(spec: Specification) -> None:
    if spec.covariates:
        raise StudyError(
            "`confirmatory` fits items and factors only; for the effect of a group on items and "
            "factors use `mimic.direct_effects`."
        )


def _check_kinds(kinds: Collection[str]) -> None:
    if isinstance(kinds, str):
        raise StudyError("`equal_across` is a list of kinds of parameters, not one text.")
    for kind in kinds:
        check_option("equal_across", kind, Kind)


def _check_combination(estimator: Estimator, missing: Missing, rows: Rows | None) -> None:
    fitting = {"WLSMV": ("listwise", "pairwise")}.get(estimator, ("listwise", "fiml"))
    if missing not in fitting:
        raise StudyError(
            f"Missing answers cannot be treated `{missing}` with the estimator {estimator}; "
            f"choose {' or '.join(fitting)}."
        )
    if estimator == "ML" and rows is not None and rows.cluster is not None:
        raise StudyError("Standard errors by cluster need the estimator MLR or WLSMV, not ML.")


def _answers(items: pd.DataFrame, spec: Specification, missing: Missing) -> pd.DataFrame:
    absent = [name for name in spec.items if name not in items]
    if absent:
        raise StudyError(f"The measurement model names `{absent[0]}`, which is not in the answers.")
    chosen = items[list(spec.items)]
    for name in chosen:
        numeric = pd.api.types.is_numeric_dtype(chosen[name])
        if not numeric or np.isinf(chosen[name].to_numpy(float)).any():
            raise Refusal("not_numeric", name=name)
    chosen = chosen.dropna() if missing == "listwise" else chosen.dropna(how="all")
    if chosen.empty:
        raise Refusal("nobody_complete", names=list(spec.items))
    return chosen


def _split(
    data: pd.DataFrame, groups: pd.Series | None
) -> tuple[tuple[str, ...], list[pd.DataFrame]]:
    if groups is None:
        return ("",), [data]
    parts = list(data.groupby(groups.loc[data.index], sort=True))
    return tuple(str(name) for name, _ in parts), [part for _, part in parts]


def _fit(
    objective: Distance | Likelihood,
    estimates: Estimates,
    estimator: Estimator,
    confidence: float,
    notes: Sequence[Note],
) -> FactorFit:
    model = estimates.model
    return FactorFit(
        model,
        estimator,
        parameter_table(estimates, confidence),
        fit_series(estimates),
        tuple(square_table(covariance, model.observed) for _, covariance in estimates.implied),
        tuple(square_table(covariance, model.observed) for _, covariance in estimates.sample),
        factor_correlations(estimates),
        estimates,
        objective,
        (*notes, *solution_warnings(estimates)),
    )
