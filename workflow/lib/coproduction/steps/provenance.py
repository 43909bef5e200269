"""What a report was made from: inputs, versions, seed, plan."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import PurePath
from typing import Any

import coproduction

STAMP = 12
PACKAGES = ("numpy", "pandas", "scipy", "snakemake", "statsmodels")


def stamp(plan: bytes) -> str:
    """Give the first 12 hexadecimal digits of the plan's SHA-256, which every result carries."""
    return hashlib.sha256(plan).hexdigest()[:STAMP]


def provenance(inputs: Mapping[str, str], study: Mapping[str, Any]) -> dict[str, Any]:
    """Describe where a report comes from.

    Parameters
    ----------
    inputs
        SHA-256 of every file that a step read and none made; the plan is the one named
        `plan.yaml`.
    study
        The `study` block of `study.yaml`.

    Returns
    -------
    dict
        `software` (versions by package), `inputs` (SHA-256 by file), `plan_sha256`, `seed` and
        `synthetic`. It holds no time stamp, so that the same input gives the same bytes.
    """
    plan = next((inputs[name] for name in inputs if PurePath(name).name == "plan.yaml"), "")
    software = {"coproduction": coproduction.__version__, "Python": platform.python_version()}
    return {
        "software": {**software, **{name: version(name) for name in PACKAGES}},
        "inputs": dict(inputs),
        "plan_sha256": plan,
        "seed": study["seed"],
        "synthetic": study["synthetic"],
    }
