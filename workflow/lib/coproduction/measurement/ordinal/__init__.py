"""Thresholds and correlations of ordered answers.

Named here is what other rooms take of them.
"""

from coproduction.measurement.ordinal.normal_scores import normal_scores

__all__ = ["normal_scores"]
