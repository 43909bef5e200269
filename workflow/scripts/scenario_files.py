"""What the scripts share that read scenarios."""

import json
from pathlib import Path

from common import SCHEMAS, load_document
from coproduction.instrument.definition import Instrument
from coproduction.plan.plan import Plan
from coproduction.scenarios.reading import Scenario, read_scenarios
from coproduction.scenarios.truths import scenario_truth
from coproduction.simulation.generator import Generator, prepare
from coproduction.steps.receipts import Reader
from truths import Files, load_questionnaires, load_truth


def load_scenario(
    name: str, files: Files, plan: Plan, read: Reader
) -> tuple[list[Instrument], Generator]:
    """Read a scenario and the questionnaires, and make it ready to draw from."""
    main, sheet = load_questionnaires(files, read)
    rules = json.loads(read(f"{SCHEMAS}/truth.schema.json"))
    scenario = load_scenarios(files, plan, read)[name]
    truth = scenario_truth(scenario, load_truth(files, read), rules, main, sheet)
    return [main, *filter(None, [sheet])], prepare(truth, main, sheet)


def load_scenarios(files: Files, plan: Plan, read: Reader) -> dict[str, Scenario]:
    """Read scenarios, with those that they extend among them."""
    named = {Path(path).stem: load_document(path, "scenario", read) for path in files["scenarios"]}
    return read_scenarios(named, plan)
