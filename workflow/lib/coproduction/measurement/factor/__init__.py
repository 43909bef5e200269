"""Factor models and their estimators."""
