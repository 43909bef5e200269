"""Weights by which the respondents of a sample stand for its population."""
