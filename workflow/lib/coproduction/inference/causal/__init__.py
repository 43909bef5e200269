"""The declared causal diagram and what it asks of a model."""
