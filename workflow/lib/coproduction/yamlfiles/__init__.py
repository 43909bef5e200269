"""YAML files of a study, checked against closed schemas: every problem with its line."""
