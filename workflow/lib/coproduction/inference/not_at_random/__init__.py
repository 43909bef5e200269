"""Hypotheses tested again as if answers were missing not at random, and their tipping points."""
