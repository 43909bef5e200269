"""The questionnaire definition: what residents are asked."""
