"""A declared grid of specifications: its cells, what moves them, and the test of all together."""
