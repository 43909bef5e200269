"""How many dimensions, and which items go together."""
