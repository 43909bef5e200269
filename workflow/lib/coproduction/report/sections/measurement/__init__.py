"""What was measured, and how well."""
