"""Saying what there is to do does not wait for what only computing needs."""

from __future__ import annotations

import re

IMPORTED = re.compile(r"^import time:.*\| +([\w.]+)$", re.MULTILINE)


def test_planning_the_steps_loads_no_library_of_statistics_or_drawing(checkout, run):
    done = run(checkout, "-n", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0, done.stderr
    packages = {name.partition(".")[0] for name in IMPORTED.findall(done.stderr)}
    assert {"snakemake", "coproduction", "pandas"} <= packages
    assert packages.isdisjoint({"scipy", "statsmodels", "sklearn", "matplotlib"})
