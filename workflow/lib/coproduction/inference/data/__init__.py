"""The rows and columns that a planned model is fitted to."""
