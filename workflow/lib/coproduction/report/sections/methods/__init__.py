"""What was done, as the plan says it."""
