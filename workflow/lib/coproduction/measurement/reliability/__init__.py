"""How exact the scales are."""
