"""Families of regressions and how they are fitted."""
