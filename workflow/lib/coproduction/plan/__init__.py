"""The analysis plan checked against the questionnaires and itself, one module a block."""
