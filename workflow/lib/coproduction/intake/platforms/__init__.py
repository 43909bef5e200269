"""The survey platforms whose exports are read: one module a platform, found in this folder.

A module holds all that is known of its platform in one object named `PLATFORM`; what one needs
beside its reader makes it a folder of its own.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

from coproduction.intake.platform import Platform


def find(package: ModuleType) -> dict[str, Platform]:
    """Find the platforms whose modules stand in a package, by name, in order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    platforms = [import_module(f"{package.__name__}.{name}").PLATFORM for name in names]
    return {platform.name: platform for platform in platforms}


PLATFORMS: Mapping[str, Platform] = find(sys.modules[__name__])
