"""Thresholds and correlations of ordered answers."""
