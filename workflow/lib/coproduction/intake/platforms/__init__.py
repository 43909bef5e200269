"""The survey platforms whose exports are read: one module a platform, found in this folder.

A module holds all that is known of its platform in one object named `PLATFORM`; what one needs
beside its reader makes it a folder of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from coproduction.intake.platform import Platform
from coproduction.registry import find

PLATFORMS: Mapping[str, Platform] = find(sys.modules[__name__], "PLATFORM")
