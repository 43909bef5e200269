"""Why a step runs, in a few words, out of what Snakemake says of it."""

from __future__ import annotations

import re

CHANGED = "Params have changed since last execution: "
PROGRAM = re.compile(r"'program \w+'")
CONTENT = re.compile(r"'([^']+)': '([0-9a-f]{64})'")
#: What begins a list of files in Snakemake's words, and what is said of those files.
FILES = {
    "Missing output files": "missing",
    "Incomplete output files": "broken off",
    "Updated input files": "changed",
}
WHOLE = {
    "Forced execution": "as asked",
    "Code has changed": "the program changed",
    "Set of input files has changed": "other files go in",
    "Input files updated by another job": "a step before it runs",
    "are always executed": "always",
}


def why(reason: str) -> str:
    """Say in a few words why a step runs.

    Parameters
    ----------
    reason
        What Snakemake says, which may name hundreds of files.

    Returns
    -------
    str
        The first of its reasons that a person can do something about; empty if there is none.
    """
    for begin, what in FILES.items():
        if found := re.search(f"{begin}: ([^;]+)", reason):
            return f"{what}: {_few(found[1].split(', '))}"
    if CHANGED in reason:
        return _changed(reason.split(CHANGED)[1])
    return next((words for mark, words in WHOLE.items() if mark in reason), "")


def _changed(params: str) -> str:
    """Say which of the things that a step depends on are others than when it ran last."""
    before, now = params.rpartition(" now: ")[::2]
    if PROGRAM.search(now):
        return "the program changed"
    known, found = dict(CONTENT.findall(before)), dict(CONTENT.findall(now))
    if files := [file for file in {**known, **found} if known.get(file) != found.get(file)]:
        return f"changed: {_few(files)}"
    return "study.yaml or plan.yaml asks for something else"


def _few(files: list[str]) -> str:
    first = min(files, key=lambda file: (file.startswith("."), file))
    return first + (f" and {len(files) - 1} more" if len(files) > 1 else "")
