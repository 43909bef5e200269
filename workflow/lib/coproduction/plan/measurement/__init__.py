"""The block `measurement` and the names in it."""
