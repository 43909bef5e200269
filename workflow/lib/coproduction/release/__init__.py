"""A file that others may use and that names nobody."""
