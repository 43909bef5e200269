"""What the command line says: the study, which scenarios are run, how often, in which batches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from coproduction.errors import StudyError
from coproduction.yamlfiles.problems import unknown

KEYS = ("study", "from", "scenarios", "replicates", "batch", "persons", "imputations")
"""Everything that can stand behind `--config`."""
REPLICATES, BATCH = 100, 25
"""Replicates of a scenario, and of these in a batch, where nobody says otherwise."""
PERSONS = 200_000
"""Persons in whom the true values of a scenario are computed, where nobody says otherwise."""
FEWEST = 2
"""Fewest imputed tables, as those of one cannot be pooled."""


@dataclass(frozen=True)
class Choice:
    """What a run of scenarios does.

    Attributes
    ----------
    scenarios
        Their names.
    replicates
        Replicates of each; they are numbered from 0 on.
    batch
        Replicates in a batch.
    persons
        Persons in whom true values are computed.
    imputations
        Imputed tables of each replicate; None for as many as the plan says.
    """

    scenarios: tuple[str, ...]
    replicates: int
    batch: int
    persons: int
    imputations: int | None = None

    @property
    def batches(self) -> list[tuple[int, int]]:
        """First and last replicate of every batch."""
        firsts = range(0, self.replicates, self.batch)
        return [(first, min(first + self.batch, self.replicates) - 1) for first in firsts]


def refuse_unknown(config: Mapping[str, Any]) -> None:
    """Refuse keys behind `--config` that nothing reads.

    Raises
    ------
    StudyError
        If there is one; a line for each, with the key that may be meant.
    """
    told = [
        unknown(key, KEYS, f"--config {key}={value}: there is no key `{key}`")
        for key, value in config.items()
        if key not in KEYS
    ]
    if told:
        raise StudyError("\n".join(told))


def written_text(config: Mapping[str, Any], key: str, usual: str = "") -> str:
    """Give a text behind `--config`.

    Raises
    ------
    StudyError
        If Snakemake reads what is written there as a number or the like.
    """
    value = config.get(key, usual)
    if isinstance(value, str):
        return value
    raise StudyError(
        f"--config {key}: Snakemake reads {value} as no text; write it in two pairs of quotes: "
        f"--config '{key}=\"…\"'"
    )


def choice(config: Mapping[str, Any], known: Collection[str], imputes: bool = True) -> Choice:
    """Read what stands behind `--config`.

    Parameters
    ----------
    config
        `scenarios` (names, joined by commas), `replicates`, `batch`, `persons` and `imputations`;
        each may be left out.
    known
        Names of the study's scenarios.
    imputes
        Whether the study's plan imputes missing answers.

    Raises
    ------
    StudyError
        If a scenario does not exist, a number is none, or imputations are asked of a plan that has
        none.
    """
    if "imputations" in config and not imputes:
        raise StudyError(
            f"imputations={config['imputations']}: plan.yaml has no block `missing`, so that "
            "nothing is imputed; leave the key out, or add the block."
        )
    named = str(config.get("scenarios", ",".join(known))).split(",")
    names = tuple(dict.fromkeys(filter(None, (each.strip() for each in named))))
    for name in names:
        if name not in known:
            what = f"scenarios={','.join(named)}: there is no scenario `{name}`"
            raise StudyError(unknown(name, list(known), what))
    return Choice(
        scenarios=names,
        replicates=_number(config, "replicates", REPLICATES),
        batch=_number(config, "batch", BATCH),
        persons=_number(config, "persons", PERSONS),
        imputations=_number(config, "imputations", FEWEST) if "imputations" in config else None,
    )


def _number(config: Mapping[str, Any], key: str, usual: int) -> int:
    value, least = config.get(key, usual), FEWEST if key == "imputations" else 1
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        said = f"write a whole number from {least} on, such as {key}={usual}."
        raise StudyError(f"{key}={value}: {said}")
    return value
