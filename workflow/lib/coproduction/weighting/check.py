"""What the block `weights` of a study names, and what there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.instrument.definition import NUMERIC_TYPES, Instrument
from coproduction.plan.vocabulary.conditions import expression
from coproduction.plan.vocabulary.names import instrument_names
from coproduction.weighting.rules import replicate_items
from coproduction.yamlfiles.problems import Path, Problem, unknown

BLOCK: Path = ("weights",)


def weight_problems(
    block: Mapping[str, Any] | None, main: Instrument, sheet: Instrument | None, has_log: bool
) -> Iterator[Problem]:
    """Find everything in the block that names what does not exist.

    Parameters
    ----------
    block
        The block; None where the study has none.
    main, sheet
        The questionnaire that is analysed, and that of communities.
    has_log
        Whether the study has a contact log.
    """
    if block is None:
        return
    numbers = [each.id for each in main.questions if each.type in NUMERIC_TYPES]
    everything = [each.id for each in main.questions]
    if "column" in block:
        yield from _known((*BLOCK, "column"), block["column"], numbers, "item with one number")
        if "nonresponse" in block:
            yield (
                (*BLOCK, "nonresponse"),
                "a weight that is given already makes up for nonresponse; leave this out.",
            )
    yield from _base(block, main, sheet, has_log)
    for position, stage in enumerate(block.get("design", {}).get("stages", ())):
        path = (*BLOCK, "design", "stages", position)
        for key in ("unit", "stratum", "population"):
            if key in stage:
                known = numbers if key == "population" else everything
                yield from _known((*path, key), stage[key], known, "item")
    if (replicates := block.get("replicates")) is not None:
        yield from _replicates(replicates, numbers)


def _base(
    block: Mapping[str, Any], main: Instrument, sheet: Instrument | None, has_log: bool
) -> Iterator[Problem]:
    if "base" not in block:
        return
    path = (*BLOCK, "base")
    if not has_log:
        yield path, "is made from the contact log, which `cleaning.contacts` is to name."
    frames = block["base"].get("frames", ())
    if frames and sheet is None:
        yield (*path, "frames"), "counts who was listed by communities' sheets; there are none."
        return
    names = {name: each for name, each in instrument_names(main, ()).items() if name in main.by_id}
    asked = () if sheet is None else sheet.questions
    listed = [each.id for each in asked if each.type in NUMERIC_TYPES]
    for position, frame in enumerate(frames):
        place = (*path, "frames", position)
        yield from _known((*place, "listed"), frame["listed"], listed, "number of the sheet")
        if "members" in frame:
            yield from expression((*place, "members"), frame["members"], names, condition=True)


def _replicates(entry: Mapping[str, Any], numbers: list[str]) -> Iterator[Problem]:
    path = (*BLOCK, "replicates")
    for position, name in enumerate(entry.get("columns", ())):
        yield from _known((*path, "columns", position), name, numbers, "item with one number")
    if "prefix" in entry and len(replicate_items(entry, numbers)) < 2:
        yield (*path, "prefix"), f"no two items are called `{entry['prefix']}` and a number."
    kind, scaled = entry["kind"], "scale" in entry
    lacking = not scaled and (kind == "bootstrap" or (kind == "JKn" and "rscales" not in entry))
    if kind == "Fay" and "fay" not in entry and not scaled:
        yield path, "replicates of kind `Fay` need `fay`; the documentation of the file says it."
    if lacking:
        yield (
            path,
            f"replicates of kind `{kind}` need `scale`{' or `rscales`' if kind == 'JKn' else ''}; "
            "the documentation of the file says it.",
        )


def _known(path: Path, name: str, known: list[str], what: str) -> Iterator[Problem]:
    if name not in known:
        yield path, unknown(name, known, f"there is no {what} `{name}`")
