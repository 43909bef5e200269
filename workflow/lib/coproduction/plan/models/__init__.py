"""The block `models` and what goes together with it."""
