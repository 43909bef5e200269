"""How a sample was drawn: stages, strata, finite populations, and what weights were fitted to.

A design is that of the whole sample, also where only some of its rows are looked at: units that
none of them is in were drawn all the same, and strata keep the number of their units. Rows that are
chosen remember their places in the sample, and what is summed over them is zero elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from coproduction.rows.membership import Membership

LonelyUnit = Literal["fail", "certainty", "average", "adjust"]
"""What a stratum with one primary unit adds to a variance: it is refused; nothing, as if the unit
was drawn with certainty; what the other strata add on average; or its squared distance from zero,
which is where all units lie on average."""


@dataclass(frozen=True)
class Stage:
    """One stage of drawing.

    Attributes
    ----------
    unit
        N: number of the unit that each row of the sample is in, from 0 without gaps; units of later
        stages lie within those of earlier ones.
    stratum
        N: number of the stratum that the unit was drawn in, from 0 without gaps; strata of later
        stages lie within units of the stage before.
    population
        N: units of the population in that stratum; None where they are too many to matter.
    names
        Name of each stratum.
    """

    unit: np.ndarray
    stratum: np.ndarray
    population: np.ndarray | None = None
    names: np.ndarray = field(default_factory=lambda: np.array([""], object))


@dataclass(frozen=True)
class Calibration:
    """What weights were fitted to.

    Attributes
    ----------
    margins
        N × p: variables whose weighted totals are those of the population.
    weight
        N: weights before they were fitted.
    fitted
        N: weights after it.
    """

    margins: np.ndarray
    weight: np.ndarray
    fitted: np.ndarray


@dataclass(frozen=True)
class Design:
    """How the sample was drawn that n rows are part of.

    Attributes
    ----------
    places
        n: place of each row among the N rows of the sample.
    weight
        N: weight of each row of the sample.
    stages
        Stages of drawing, the first one first.
    calibrations
        What the weights were fitted to, the first fit first.
    lonely
        What a stratum with one primary unit adds to variances.
    """

    places: np.ndarray
    weight: np.ndarray
    stages: tuple[Stage, ...]
    calibrations: tuple[Calibration, ...] = ()
    lonely: LonelyUnit = "fail"

    def __getitem__(self, chosen: np.ndarray | slice) -> Design:
        """Give the same design for some of the rows."""
        return replace(self, places=self.places[chosen])

    def over_sample(self, values: np.ndarray) -> np.ndarray:
        """Give values of the rows, n × q, for the whole sample, N × q: zero for all other rows."""
        everywhere = np.zeros((len(self.weight), *values.shape[1:]))
        everywhere[self.places] = values
        return everywhere

    @property
    def unit(self) -> np.ndarray:
        """Number of the primary unit of each row (n,)."""
        return self.stages[0].unit[self.places]

    @property
    def stratum(self) -> np.ndarray:
        """Number of the primary stratum of each row (n,)."""
        return self.stages[0].stratum[self.places]

    @property
    def degrees_of_freedom(self) -> int:
        """Primary units less strata, of those in which a row with a weight is."""
        counts = self.weight[self.places] > 0
        units, strata = np.unique(self.unit[counts]), np.unique(self.stratum[counts])
        return len(units) - len(strata)


def stages_of(
    units: Sequence[Membership],
    strata: Sequence[Membership | None] = (),
    populations: Sequence[np.ndarray | None] = (),
) -> tuple[Stage, ...]:
    """Give units and strata of several stages numbers that lie within what they were drawn from.

    Parameters
    ----------
    units
        Units of each stage, known for every row of the sample; names may repeat in other units of
        the stage before, and in other strata.
    strata
        Strata of the first stages; None where a stage has none.
    populations
        Units of the population in the stratum of each row, of the first stages.
    """
    made: list[Stage] = []
    above = np.zeros(len(units[0].codes), int)
    for number, unit in enumerate(units):
        layer = strata[number] if number < len(strata) else None
        stratum = above if layer is None else within(above, layer.codes)
        first = np.unique(stratum, return_index=True)[1]
        names = np.repeat("", len(first)) if layer is None else layer.names[layer.codes[first]]
        above = within(stratum, unit.codes)
        population = populations[number] if number < len(populations) else None
        made.append(Stage(above, stratum, population, names.astype(object)))
    return tuple(made)


def within(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Give the pairs of two numberings numbers, from 0 without gaps (n,)."""
    pairs = outer.astype(np.int64) * (int(inner.max(initial=0)) + 1) + inner
    return np.unique(pairs, return_inverse=True)[1]
