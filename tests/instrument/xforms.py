"""An oracle: forms as pyxform makes them, their conditions computed by lxml's XPath."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree
from pyxform.xls2xform import convert

from coproduction.instrument.definition import Instrument
from coproduction.instrument.forms.xlsform.sheets import write_xlsx, xlsform

XFORMS = "{http://www.w3.org/2002/xforms}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def _string(value) -> str:
    if isinstance(value, list):
        return (value[0].text or "") if value else ""
    return str(value)


def _selected(_, node, code) -> bool:
    return code in _string(node).split(" ")


FUNCTIONS = {
    (None, "selected"): _selected,
    (None, "count-selected"): lambda _, node: float(len(_string(node).split())),
    (None, "regex"): lambda _, node, pattern: bool(re.search(pattern, _string(node), re.ASCII)),
}


@dataclass(frozen=True)
class Form:
    """A form ready to be filled in.

    Attributes
    ----------
    xml
        The XForm.
    binds
        By question, the attributes that rule it: `type`, `relevant`, `constraint`, `required`,
        `calculate`.
    warnings
        What pyxform said about it.
    """

    xml: str
    binds: Mapping[str, Mapping[str, str]]
    warnings: tuple[str, ...]


def form(instrument: Instrument) -> Form:
    """Convert the XLSForm as a survey platform does."""
    sheets = io.BytesIO(write_xlsx(xlsform(instrument)))
    result = convert(sheets, file_type=".xlsx", validate=False)
    binds = {}
    for bind in etree.fromstring(result.xform.encode()).iter(f"{XFORMS}bind"):
        name = bind.attrib["nodeset"].rsplit("/", 1)[-1]
        binds[name] = {key.rpartition("}")[2]: value for key, value in bind.attrib.items()}
    return Form(result.xform, binds, tuple(result.warnings))


def texts(filled: Form) -> dict[str, dict[str, str]]:
    """By language, what the form says: the texts by their reference."""
    root = etree.fromstring(filled.xml.encode())
    return {
        translation.attrib["lang"]: {
            text.attrib["id"]: "".join(text.itertext()).strip()
            for text in translation.iter(f"{XFORMS}text")
        }
        for translation in root.iter(f"{XFORMS}translation")
    }


def holds(condition: str, answers: Mapping[str, str], own: str = "") -> bool:
    """Compute an XPath condition; `${name}` or `/a/path/name` are answers, `.` is the own."""
    root = etree.Element("data")
    for name, value in {**answers, "own": own}.items():
        etree.SubElement(root, name).text = value
    path = re.sub(r"\$\{(\w+)\}|(?:/\w+)*/(\w+)", r"/data/\1\2", condition)
    path = re.sub(r"(?<![\w./\])'])\.(?!\d)", "/data/own", path)
    return bool(etree.XPath(f"boolean({path})", extensions=FUNCTIONS)(root))
