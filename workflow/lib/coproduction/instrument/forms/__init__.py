"""The forms that a questionnaire is written as: one module a form, found in this folder.

A module holds its form in one object named `FORM`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from coproduction.instrument.form import Form
from coproduction.registry import find

FORMS: Mapping[str, Form] = find(sys.modules[__name__], "FORM")
