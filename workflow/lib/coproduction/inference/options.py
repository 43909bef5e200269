"""Options of the room's public functions that no plan has."""

from __future__ import annotations

from typing import Literal

LeverageAdjusted = Literal["HC2", "HC3"]
Weights = Literal["rademacher", "webb"]
