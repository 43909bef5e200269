"""The block `missing.not_at_random`: how far answers that are missing may differ from others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coproduction.codes import code_text
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.vocabulary.names import one_of
from coproduction.yamlfiles.problems import Path, Problem


@dataclass(frozen=True)
class Shifts:
    """Sizes by which something is shifted, each in both directions.

    Attributes
    ----------
    shifts
        Sizes, positive: of outcomes in log odds, in the logarithm of the mean or in standard
        deviations, as the model's family has it; of predictors in standard deviations of each item.
    plausible, plausible_slope
        Largest size that is plausible: of all alike, and for each standard deviation of the
        exposure or outcome along which something is shifted.
    """

    shifts: tuple[float, ...]
    plausible: float
    plausible_slope: float

    @property
    def both(self) -> tuple[float, ...]:
        """Shifts in both directions, from the lowest to the highest, none among them."""
        sizes = sorted(self.shifts)
        return (*(-each for each in reversed(sizes)), 0.0, *sizes)


@dataclass(frozen=True, kw_only=True)
class NotAtRandom:
    """Hypotheses that are tested again under answers missing not at random, and how.

    Attributes
    ----------
    hypotheses
        Names of the hypotheses.
    outcome, predictors
        Shifts of outcomes that are missing, and of imputed items of the exposure; None where these
        are not shifted.
    """

    hypotheses: tuple[str, ...]
    outcome: Shifts | None = None
    predictors: Shifts | None = None


def problems(
    path: Path,
    planned: NotAtRandom,
    hypotheses: Sequence[Hypothesis],
    imputed: Sequence[str],
) -> Iterator[Problem]:
    """Find hypotheses that there are not or whose model is not imputed, and shifts too small.

    Parameters
    ----------
    path
        Where the block stands.
    planned
        The block.
    hypotheses
        Hypotheses of the plan.
    imputed
        Names of the models that are fitted to imputed tables.
    """
    by_name = {each.id: each for each in hypotheses}
    for place, name in enumerate(planned.hypotheses):
        where = (*path, "hypotheses", place)
        yield from one_of(where, name, list(by_name), "hypothesis")
        model = by_name[name].model if name in by_name else None
        if model is not None and model not in imputed:
            message = f"`{name}` rests on `{model}`, a model of complete cases; leave it out."
            yield where, message
    if planned.outcome is None and planned.predictors is None:
        yield path, "say what is shifted: `outcome`, `predictors` or both."
    for key, shifts in (("outcome", planned.outcome), ("predictors", planned.predictors)):
        if shifts is not None:
            yield from _beyond((*path, key), shifts)


def _beyond(path: Path, planned: Shifts) -> Iterator[Problem]:
    """Refuse to call plausible what is not tried."""
    largest = max(planned.shifts)
    sizes = {"plausible": planned.plausible, "plausible_slope": planned.plausible_slope}
    for key, size in sizes.items():
        if size > largest:
            told = f"{code_text(size)} lies beyond the largest of the `shifts`"
            yield (*path, key), f"{told}, {code_text(largest)}; add one as large."
