"""A synthetic study as the files that its `study.yaml` names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.simulation.files import kobo_csv, plain_csv, plain_forms
from coproduction.simulation.generator import Generator
from coproduction.simulation.occasions import Occasion
from coproduction.simulation.replicate import Replicate

Settings = Mapping[str, Any]
WRITERS = {"kobotoolbox": kobo_csv, "plain": plain_forms}


def export(generator: Generator, made: Replicate, settings: Settings) -> dict[str, bytes]:
    """Write a synthetic study as the files that are its raw data, by name.

    Parameters
    ----------
    generator, made
        What the study is drawn from, and the study.
    settings
        Content of `study.yaml`.

    Raises
    ------
    StudyError
        If `study.yaml` names data that the simulator does not make.
    """
    found: dict[str, bytes] = {}
    for place, source in enumerate(settings["data"]):
        found |= _source(generator, made, source, f"study.yaml, data.{place}")
    cleaning = settings.get("cleaning", {})
    if file := cleaning.get("contacts", {}).get("file"):
        found[file] = plain_csv(made.contacts)
    rule = cleaning.get("retest", {})
    if file := rule.get("links"):
        parts = [
            made.links[_known(wave, made, "study.yaml, cleaning.retest")] for wave in rule["waves"]
        ]
        found[file] = plain_csv(pd.concat(parts, ignore_index=True))
    return found


def _source(
    generator: Generator, made: Replicate, source: Settings, where: str
) -> dict[str, bytes]:
    files, platform = source["files"], source.get("platform", "plain")
    if platform not in WRITERS:
        raise StudyError(
            f"{where}.platform: the simulator writes no files of {platform}, but those of "
            f"{' and '.join(WRITERS)}; a synthetic study can be read from these."
        )
    if source["instrument"] == generator.main.id:
        wave = source.get("wave")
        occasion = made.later[_known(wave, made, where)] if wave else made.first
        return dict(_forms(generator, occasion, files, platform, source))
    sheet, table = generator.sheet, made.communities
    if sheet is None or table is None or source["instrument"] != sheet.id:
        raise StudyError(
            f"{where}.instrument: only the first two questionnaires of a study are simulated, of "
            "persons and of communities."
        )
    if platform != "plain":
        raise StudyError(f"{where}.platform: the sheets of communities are written as `plain`.")
    rows = np.array_split(np.arange(len(table)), len(files))
    return {file: plain_csv(table.iloc[part]) for file, part in zip(files, rows, strict=True)}


def _forms(
    generator: Generator, occasion: Occasion, files: Sequence[str], platform: str, source: Settings
) -> Iterator[tuple[str, bytes]]:
    """Divide the forms among the files, in order of arrival."""
    absent = source.get("absent_items", ())
    rows = np.array_split(np.arange(len(occasion.rows)), len(files))
    for file, part in zip(files, rows, strict=True):
        answers = {
            name: values[part] for name, values in occasion.answers.items() if name not in absent
        }
        yield (
            file,
            WRITERS[platform](
                occasion.forms.take(part), answers, generator.main, generator.truth.fieldwork
            ),
        )


def _known(wave: str, made: Replicate, where: str) -> str:
    if wave not in made.later:
        known = ", ".join(made.later) or "none"
        raise StudyError(
            f"{where}: the truth file has no wave `{wave}` (it has: {known}); add it under "
            "`panel`, or give `retest` some respondents."
        )
    return wave
