"""Links of statsmodels, with derivatives that hold far out and for complex arguments.

Where statsmodels derives `inverse_deriv2` from the link it divides by means that have been clipped,
and its derivative of the logistic function overflows. Its normal distribution checks all arguments,
which takes several times as long as the function.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr
from statsmodels.genmod.families import links
from statsmodels.genmod.families.links import Identity, InversePower, LogLog

__all__ = ["CLogLog", "Identity", "InversePower", "Log", "LogLog", "Logit", "Probit"]


class Logit(links.Logit):
    """ln(p / (1 − p))."""

    def inverse_deriv(self, z: np.ndarray) -> np.ndarray:
        """Give p (1 − p)."""
        mean = self.inverse(z)
        return mean * (1 - mean)

    def inverse_deriv2(self, z: np.ndarray) -> np.ndarray:
        """Give p (1 − p) (1 − 2p)."""
        mean = self.inverse(z)
        return mean * (1 - mean) * (1 - 2 * mean)


class Log(links.Log):
    """ln(μ)."""

    def inverse_deriv2(self, z: np.ndarray) -> np.ndarray:
        """Give exp(η)."""
        return self.inverse(z)


class Probit(links.Probit):
    """Φ⁻¹(p)."""

    def inverse(self, z: np.ndarray) -> np.ndarray:
        """Give Φ(η)."""
        return ndtr(z)

    def inverse_deriv(self, z: np.ndarray) -> np.ndarray:
        """Give φ(η)."""
        return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

    def inverse_deriv2(self, z: np.ndarray) -> np.ndarray:
        """Give −η φ(η)."""
        return -z * self.inverse_deriv(z)


class CLogLog(links.CLogLog):
    """ln(−ln(1 − p))."""

    def inverse_deriv2(self, z: np.ndarray) -> np.ndarray:
        """Give exp(η − exp(η)) (1 − exp(η))."""
        return self.inverse_deriv(z) * (1 - np.exp(z))
