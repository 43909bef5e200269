"""What can be said against a supported hypothesis, by rule, from finished tables."""
