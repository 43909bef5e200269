"""From what is true of persons to what they answer."""
