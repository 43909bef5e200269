"""What a plan can name, and how: names, codes, terms, predictors, conditions."""
