"""The sections of the report, one module each, from result tables to blocks."""
