"""Which variables chance assigned to respondents."""

from __future__ import annotations

from coproduction.report.material import Material


def randomised(variable: str, material: Material) -> bool:
    """Whether a variable was assigned at random.

    It is a random item of the questionnaire, a factor of a planned experiment, or derived from such
    alone.
    """
    item = material.labels.items.get(variable)
    factors = {each for planned in material.plan.experiments for each in planned.factors}
    if variable in factors or (item is not None and item.type == "random"):
        return True
    derived = next((each for each in material.plan.variables if each.id == variable), None)
    sources = derived.columns if derived and (derived.expression or derived.recode) else set()
    return bool(sources) and all(randomised(each, material) for each in sources - {variable})
