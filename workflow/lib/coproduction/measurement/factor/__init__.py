"""Factor models and their estimators; named here is what other rooms take of them."""

from coproduction.measurement.factor.admissibility import check_converged, check_identified
from coproduction.measurement.factor.implied import gradient, structures
from coproduction.measurement.factor.incomplete_normal import sample
from coproduction.measurement.factor.layout import factor_model
from coproduction.measurement.factor.maximum_likelihood import Likelihood, inverse, likelihood
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.factor.search import best_optimum
from coproduction.measurement.factor.specification import Specification

__all__ = [
    "FactorModel",
    "Likelihood",
    "Specification",
    "best_optimum",
    "check_converged",
    "check_identified",
    "factor_model",
    "gradient",
    "inverse",
    "likelihood",
    "sample",
    "structures",
]
