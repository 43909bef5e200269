"""One reader a platform."""
