"""One document, one file a format."""
