"""Models, their comparison and what their results rest on."""
