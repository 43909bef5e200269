"""Whether the predictors explain the outcomes, and the verdict on each hypothesis."""
