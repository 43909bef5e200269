"""The rows and columns that a planned model is fitted to; named here is what other rooms take."""

from coproduction.inference.data.communities import concentration, gini
from coproduction.inference.data.variables import derive

__all__ = ["concentration", "derive", "gini"]
