"""Estimates from samples with weights and designs, and their variances."""

from coproduction.numerics.survey.variance import (
    degrees_of_freedom,
    linearised_covariance,
    replicated_covariance,
)

__all__ = ["degrees_of_freedom", "linearised_covariance", "replicated_covariance"]
