"""Files as platforms write them, read into plain tables."""
