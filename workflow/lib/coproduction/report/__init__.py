"""Result tables rendered for a reader; nothing is computed here."""
