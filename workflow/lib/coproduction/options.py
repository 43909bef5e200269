"""The refusal of options that a function does not know."""

from __future__ import annotations

from typing import Any, get_args

from coproduction.errors import StudyError


def check_option(name: str, value: Any, options: Any) -> None:
    """Refuse a value that a `Literal`, or a collection of names, does not hold.

    Raises
    ------
    StudyError
        Naming the option, the value and those that are allowed.
    """
    allowed = get_args(options) or tuple(options)
    if value not in allowed:
        known = ", ".join(f"`{each}`" for each in allowed)
        raise StudyError(f"`{name}` cannot be `{value}`; allowed: {known}.")


def check_between(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number that does not lie between two others.

    Raises
    ------
    StudyError
        Naming the option, the value and the limits.
    """
    if not low < value < high:
        raise StudyError(f"`{name}` cannot be {value:g}; it lies between {low:g} and {high:g}.")
