"""What several rooms compute with."""
