"""Tables whose missing answers are imputed."""
