"""Survey measurement and inference: from a questionnaire definition and raw exports to a report."""

__version__ = "0.1.0"
