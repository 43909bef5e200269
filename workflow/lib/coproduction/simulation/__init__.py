"""Synthetic exports with a known truth."""
