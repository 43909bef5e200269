"""What a form is: a file made from a questionnaire, with which answers are collected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coproduction.instrument.definition import Instrument


@dataclass(frozen=True)
class Form:
    """A kind of form that questionnaires are written as.

    Attributes
    ----------
    name
        Name of the form's module.
    title
        What people call it.
    file
        Name of its file, with `{id}` where the name of the questionnaire stands.
    write
        Makes the content of the file; the same questionnaire gives the same bytes.
    """

    name: str
    title: str
    file: str
    write: Callable[[Instrument], bytes]
