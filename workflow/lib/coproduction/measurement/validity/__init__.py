"""Whether scales are distinct, and what they share besides content."""
