"""The constants that make margins come out as a truth file says, found in a large population."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coproduction.errors import StudyError
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.equations import Definition
from coproduction.simulation.structure.noise import draw
from coproduction.simulation.structure.people import inhabitants
from coproduction.simulation.structure.system import System
from coproduction.simulation.structure.world import World, drive, value
from coproduction.simulation.truth.content import Truth

COMMUNITIES, RESIDENTS = 2000, 50
"""Size of that population: many communities, so that what is theirs is known well, too."""
CALIBRATION = Streams(0)


def calibrated(truth: Truth) -> tuple[System, World]:
    """Find the constants of every variable, causes before what they cause.

    They depend on the truth file alone: not on the seed of a study, its size or an intervention.

    Returns
    -------
    tuple
        The system with its constants, and the population that they were found in.

    Raises
    ------
    StudyError
        If the causes of a variable explain more than all of it.
    """
    people = inhabitants(np.full(COMMUNITIES, RESIDENTS))
    noise = draw(truth.system, people, CALIBRATION, "calibration")
    constants: dict[str, np.ndarray] = {}
    system = replace(truth.system, constants=constants)
    world = World(system, people, {})
    for name, equation in system.equations.items():
        if not isinstance(equation.link, Definition):
            try:
                constants[name] = equation.link.calibrate(drive(world, equation, noise))
            except StudyError as error:
                raise truth.document.error(("equations", name), str(error)) from error
        world.values[name] = value(world, equation, noise)
    return system, world
