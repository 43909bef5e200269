"""What can be said against a supported hypothesis, by rule, from finished tables."""

from coproduction.inference.objections.objections import SUPPORTED

__all__ = ["SUPPORTED"]
