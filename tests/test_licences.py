from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_table_of_licences_holds_every_pinned_package_and_no_other():
    lock = (ROOT / "workflow" / "envs" / "requirements.lock").read_text(encoding="utf-8")
    packages, files = (ROOT / "LICENCES.md").read_text(encoding="utf-8").split("| carried file |")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| [^|]*\w[^|]* \|", packages, re.M)
    assert set(rows) - {"package"} == set(re.findall(r"^([a-z0-9.-]+)==", lock, re.M))
    for path in re.findall(r"^\| `([^`]+)` \|", files, re.M):
        assert (ROOT / path).exists(), path
