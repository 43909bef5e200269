"""Forms of survey platforms, one module per platform."""
