"""Options of the room's public functions."""

from __future__ import annotations

from typing import Literal

Estimator = Literal["ML", "MLR", "WLSMV"]
LadderEstimator = Literal["WLSMV", "ML", "MLR", "FIML"]
Missing = Literal["listwise", "pairwise", "fiml"]
Identification = Literal["marker", "standardised"]
Parameterisation = Literal["delta", "theta"]
Correlation = Literal["pearson", "polychoric"]
Extraction = Literal["minres", "ml"]
Rotation = Literal["none", "varimax", "promax", "oblimin", "geomin"]
