"""What the plan asks the measurement room for."""
