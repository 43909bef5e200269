"""Options of the room's public functions that no plan has."""

from __future__ import annotations

from typing import Literal

Estimator = Literal["ML", "MLR", "WLSMV"]
Missing = Literal["listwise", "pairwise", "fiml"]
Identification = Literal["marker", "standardised"]
Parameterisation = Literal["delta", "theta"]
