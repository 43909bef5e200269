"""Do the predictors explain the outcomes, and what is the verdict?"""
