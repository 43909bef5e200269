"""Constructs in place of their scores: measurement error and agreement taken out of predictors.

The score of a scale is the construct, what a respondent agrees to whatever is asked, and error.
Error in a predictor draws its effect to zero and lends it to what it is correlated with; agreement
that also shapes the report of the outcome makes effects where there are none. Corrections for the
first alone make the second worse, since agreement counts as reliability. Both are taken out in one
step, structural after measurement: a factor model of the items' residuals on the covariates, whose
content factors are beside a factor of agreement, and the expected value of each construct given the
answers (regression calibration) in the place of its score (Carroll, Ruppert, Stefanski and
Crainiceanu 2006, *Measurement Error in Nonlinear Models*, chapter 4; Rosseel and Loh 2024,
*Psychological Methods* 29, 561–588; Billiet and McClendon 2000, *Structural Equation Modeling* 7,
608–628). What it cannot see: a way of answering that follows the content of the items, confounders
that nobody measured, and outcomes that miss for reasons of their own.
"""
