"""How well a factor model fits, and what would fit better."""
