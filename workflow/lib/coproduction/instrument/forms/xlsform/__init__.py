"""XLSForm, the form format of KoboToolbox, ODK and their relatives."""

from __future__ import annotations

from coproduction.instrument.definition import Instrument
from coproduction.instrument.form import Form
from coproduction.instrument.forms.xlsform.sheets import write_xlsx, xlsform


def _write(instrument: Instrument) -> bytes:
    return write_xlsx(xlsform(instrument))


FORM = Form(name="xlsform", title="XLSForm", file="{id}.xlsx", write=_write)
