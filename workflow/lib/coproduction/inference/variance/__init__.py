"""How uncertain estimates are, with and without clusters."""
