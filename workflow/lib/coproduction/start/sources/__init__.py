"""Kinds of files from which a study begins, one module a kind."""
