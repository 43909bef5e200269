"""Weights of replicates of a sample, by which its design is known where it is not told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

ReplicateKind = Literal["BRR", "Fay", "JK1", "JKn", "bootstrap"]
"""How replicates were made: balanced halves, the same after Fay, leaving out one unit of all or of
its stratum, or drawing units with replacement."""

NEGLIGIBLE = 1e-5


@dataclass(frozen=True)
class Replicates:
    """Weights of n rows in each of R replicates.

    Attributes
    ----------
    weights
        n × R: the weight of each row in each replicate, all factors in it.
    kind
        How the replicates were made.
    scale
        By what the sum of squared deviations is multiplied.
    rscales
        R: by what the squared deviation of each replicate is multiplied.
    around_estimate
        Whether deviations are those from the estimate of the whole sample, and not from the mean
        of the replicates.
    """

    weights: np.ndarray
    kind: ReplicateKind
    scale: float
    rscales: np.ndarray
    around_estimate: bool = False

    def __getitem__(self, chosen: np.ndarray | slice) -> Replicates:
        """Give the weights of some rows."""
        return replace(self, weights=self.weights[chosen])

    @property
    def degrees_of_freedom(self) -> int:
        """Rank of the replicate weights, less one."""
        if not self.weights.size:
            return 0
        from scipy import linalg

        pivots = np.abs(np.diag(linalg.qr(self.weights, mode="r", pivoting=True)[0]))
        return int((pivots > NEGLIGIBLE * pivots[0]).sum()) - 1
