"""What study.yaml may say of an export, as far as the platforms decide it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from coproduction.intake.platform import Platform
from coproduction.intake.platforms import PLATFORMS


def with_platforms(
    schema: Mapping[str, Any], platforms: Mapping[str, Platform] = PLATFORMS
) -> dict[str, Any]:
    """Allow the names of the platforms, and no others, under `platform` in `data`.

    Parameters
    ----------
    schema
        JSON Schema of study.yaml.
    platforms
        The platforms that are known, by name.
    """
    filled = deepcopy(dict(schema))
    filled["properties"]["data"]["items"]["properties"]["platform"]["enum"] = list(platforms)
    return filled
