"""A study folder made from somebody's data file or form, which runs before a person has decided."""

from coproduction.start.study import start_study

__all__ = ["start_study"]
