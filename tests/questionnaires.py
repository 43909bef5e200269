"""The head that small questionnaires of the tests share."""

from __future__ import annotations

HEAD = """
instrument: {{id: {id}, version: "1", unit: {unit}, languages: [en],
             title: {{en: "{title}"}}, licence: CC0-1.0}}
missing_codes:
  dont_know: {{code: -88, {dont_know}label: {{en: "Don't know"}}}}
  refused: {{code: -99, {refused}label: {{en: "Refused"}}}}
  not_asked: {{code: -77, label: {{en: "Not asked"}}}}
  not_reached: {{code: -66, label: {{en: "Not reached"}}}}
"""


def headed(id: str, rest: str, unit: str = "respondent", *, wires: bool = False) -> str:
    """Give the text of an English questionnaire: its head, then the rest from a new line on.

    With `wires` two kinds of missing answer can be offered, as DK and RF.
    """
    dont_know, refused = ("wire: DK, ", "wire: RF, ") if wires else ("", "")
    title = id.capitalize()
    head = HEAD.format(id=id, unit=unit, title=title, dont_know=dont_know, refused=refused)
    return head + rest.removeprefix("\n")
