"""What could make a fitted model misleading."""
