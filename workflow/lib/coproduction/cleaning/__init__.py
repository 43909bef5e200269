"""Who and what is kept, and why."""
