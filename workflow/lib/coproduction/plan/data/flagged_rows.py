"""The key `flagged_rows`: which quality flags of cleaning leave a row out of models.

It is decided of rows before anything is made of them: who is left out is in no model, no mean of a
community, no description and no experiment. A model may have a rule of its own, and is then fitted
to tables of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from coproduction.plan.options import LeftOut
from coproduction.yamlfiles.problems import Path, Problem, unknown


@dataclass(frozen=True)
class FlaggedRows:
    """Who counts.

    Attributes
    ----------
    leave_out
        Whether a row with a flag is left out.
    among
        Flags that do so, where not all of them do.
    """

    leave_out: LeftOut
    among: tuple[str, ...] = ()


def problems(path: Path, planned: FlaggedRows, flags: Collection[str]) -> Iterator[Problem]:
    """Find flags that the study does not raise, and those named where none leaves a row out.

    Parameters
    ----------
    path, planned
        Where it stands, and the rule.
    flags
        Names of the study's flags: indices with a limit, and contradictions.
    """
    if planned.leave_out == "none" and planned.among:
        yield (*path, "among"), "no flag leaves a row out; leave `among` out."
    for position, name in enumerate(planned.among):
        if name not in flags:
            what = f"study.yaml raises no flag `{name}`"
            yield (*path, "among", position), unknown(name, list(flags), what)
