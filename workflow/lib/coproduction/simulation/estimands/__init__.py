"""True values of planned estimands: potential outcomes of a large population."""
