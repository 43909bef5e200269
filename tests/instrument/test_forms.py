"""Forms are found in their folder; each says its file and makes the same bytes twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from coproduction.instrument import forms
from coproduction.instrument.forms import FORMS
from coproduction.registry import find

TEXT = Path(__file__).with_name("people.yaml").read_text("utf-8")
MODULE = """
from coproduction.instrument.form import Form

FORM = Form("listing", "A list", "{id}.txt", lambda questionnaire: questionnaire.id.encode())
"""


def test_a_form_is_one_module_put_into_their_folder(tmp_path, monkeypatch, parse):
    (tmp_path / "listing.py").write_text(MODULE)
    monkeypatch.setattr(forms, "__path__", [*forms.__path__, str(tmp_path)])
    known = find(forms, "FORM")
    del sys.modules[f"{forms.__name__}.listing"]
    assert set(known) == {*FORMS, "listing"}
    assert known["listing"].write(parse(TEXT)) == parse(TEXT).id.encode()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_bears_the_name_of_its_module_and_has_a_file_of_its_own(form, parse):
    assert sys.modules[f"{forms.__name__}.{form.name}"].FORM is form
    assert [each.file for each in FORMS.values()].count(form.file) == 1
    assert form.write(parse(TEXT)) == form.write(parse(TEXT))
