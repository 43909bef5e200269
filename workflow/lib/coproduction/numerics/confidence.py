"""How sure an interval is to hold the true value, where nobody asks for another level."""

CONFIDENCE = 0.95
