"""What a fitted model says on the scale of the outcome."""
