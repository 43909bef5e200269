"""Survey measurement and inference: from a questionnaire definition and raw exports to a report.

`import coproduction as cp` gives a notebook the names below; EXAMPLES.md shows them at work. They
are found where they are first asked for, so that a step of the workflow loads, and depends on, the
rooms that it uses and no others. Their types stand in `__init__.pyi`.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

NOTEBOOK = {
    "errors": ("StudyError",),
    "notebook.reading": ("clean", "read_export", "read_instrument", "read_study", "scales"),
    "notebook.populations": ("population",),
    "notebook.tables": ("rows_of",),
    "notebook.measuring": ("aggregation", "item_statistics", "reliability", "validity"),
    "notebook.factoring": (
        *("confirmatory", "dimensionality", "exploratory", "invariance", "polychoric"),
    ),
    "notebook.modelling": ("diagnostics", "effects", "fit", "predictions"),
    "notebook.judging": ("back_door", "claim", "verdicts"),
    "notebook.planned": ("analyse", "measure"),
    "notebook.weighing": ("weigh",),
}
WHERE = {name: module for module, names in NOTEBOOK.items() for name in names}
__all__ = sorted(WHERE)


def __getattr__(name: str) -> Any:
    """Find a public name."""
    if name in WHERE:
        return getattr(import_module(f"coproduction.{WHERE[name]}"), name)
    raise AttributeError(f"module `coproduction` has no attribute `{name}`")


def __dir__() -> list[str]:
    """Name what there is, for the completion of names in a notebook."""
    return sorted({*globals(), *__all__})
