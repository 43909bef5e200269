"""Objects that the modules of a folder define, found there: a new one is one new module."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType
from typing import Any


def find(package: ModuleType, attribute: str) -> dict[str, Any]:
    """Find the object that each module of a package defines, by its name, in order of the modules.

    Parameters
    ----------
    package
        The package; what one of its modules needs beside makes that module a package itself.
    attribute
        What every module calls its object, which has a `name`.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = (import_module(f"{package.__name__}.{name}") for name in names)
    found = [getattr(module, attribute) for module in modules]
    return {each.name: each for each in found}
