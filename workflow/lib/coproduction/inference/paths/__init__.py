"""Planned path models: fitted, pooled over imputed tables, and what hypotheses ask of them."""
