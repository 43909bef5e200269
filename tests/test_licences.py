from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_table_of_licences_holds_every_pinned_package_and_no_other():
    lock = (ROOT / "workflow" / "envs" / "requirements.lock").read_text(encoding="utf-8")
    packages, files = (ROOT / "LICENCES.md").read_text(encoding="utf-8").split("| carried file |")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| [^|]*\w[^|]* \|", packages, re.M)
    assert set(rows) - {"package"} == set(re.findall(r"^([a-z0-9.-]+)==", lock, re.M))
    for path in re.findall(r"^\| `([^`]+)` \|", files, re.M):
        assert (ROOT / path).exists(), path


def test_the_table_says_which_part_of_the_project_needs_a_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    parts = {
        "the library": project["project"]["dependencies"],
        **{f"`{name}`": packages for name, packages in extras.items()},
        "tests and lint": project["dependency-groups"]["dev"],
    }
    needed = {
        (re.match(r"[\w-]+", package)[0], part)
        for part, names in parts.items()
        for package in names
    }
    text = (ROOT / "LICENCES.md").read_text("utf-8")
    told = re.findall(r"^\| ([a-z0-9-]+) \| [^|]+ \| ([^|]+) \|$", text, re.M)
    assert {row for row in told if row[1] not in ("needed by", "needed by these")} == needed
    assert {part for _, part in needed} == set(parts)
