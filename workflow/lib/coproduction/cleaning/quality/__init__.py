"""How carefully a submission was answered."""
