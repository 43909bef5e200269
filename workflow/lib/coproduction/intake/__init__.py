"""Readers of platform exports, one module per platform, all giving the canonical response table."""
