"""What `import coproduction` offers a notebook: the rooms' functions over tables."""

from coproduction.errors import StudyError
from coproduction.notebook.measuring import (
    aggregation,
    confirmatory,
    dimensionality,
    exploratory,
    invariance,
    item_statistics,
    polychoric,
    reliability,
    validity,
)
from coproduction.notebook.reading import (
    clean,
    read_export,
    read_instrument,
    read_study,
    scales,
)

__all__ = [
    "StudyError",
    "aggregation",
    "clean",
    "confirmatory",
    "dimensionality",
    "exploratory",
    "invariance",
    "item_statistics",
    "polychoric",
    "read_export",
    "read_instrument",
    "read_study",
    "reliability",
    "scales",
    "validity",
]
