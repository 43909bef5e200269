"""What must not point to a person: small numbers, pseudonyms, files for their owner alone."""
