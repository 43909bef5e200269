"""Planned mediations of observed variables: natural effects, and what could undo them."""
