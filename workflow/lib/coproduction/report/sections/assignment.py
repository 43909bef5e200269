"""Which variables chance assigned to respondents."""

from __future__ import annotations

from coproduction.instrument.expressions import variables_in
from coproduction.report.material import Material


def randomised(variable: str, material: Material) -> bool:
    """Whether a variable was assigned at random.

    It is a random item of the questionnaire, a factor of a planned experiment, or derived from such
    alone.
    """
    item = material.labels.items.get(variable)
    factors = {each for plan in material.plan.get("experiments", ()) for each in plan["factors"]}
    if variable in factors or (item is not None and item.type == "random"):
        return True
    derived = {each["id"]: each for each in material.plan.get("variables", ())}.get(variable, {})
    if "expression" in derived:
        sources = variables_in(derived["expression"])
    else:
        sources = {derived["recode"]["item"]} if "item" in derived.get("recode", {}) else set()
    return bool(sources) and all(randomised(each, material) for each in sources - {variable})
