"""Blocks that say what the rows of models are made of."""
