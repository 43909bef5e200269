"""A truth made ready to draw synthetic studies from: calibrated once, used for every replicate."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coproduction.instrument.definition import Instrument
from coproduction.simulation.calibration import calibrated
from coproduction.simulation.response.measurement import Measures, measures
from coproduction.simulation.truth.content import Truth


@dataclass(frozen=True)
class Generator:
    """What every replicate of a synthetic study is drawn from.

    Attributes
    ----------
    truth
        What is true, with the constants that its margins ask for.
    main, sheet
        Questionnaire of the persons and, if there is one, of the communities.
    measured
        The items of scales.
    """

    truth: Truth
    main: Instrument
    sheet: Instrument | None
    measured: Measures


def prepare(truth: Truth, main: Instrument, sheet: Instrument | None = None) -> Generator:
    """Find, in a large population, what margins and loadings ask for.

    Parameters
    ----------
    truth
        The truth file.
    main, sheet
        The questionnaires that it was read for.

    Raises
    ------
    StudyError
        If causes or loadings explain more than all of a variable.
    """
    system, population = calibrated(truth)
    return Generator(replace(truth, system=system), main, sheet, measures(truth, population))
