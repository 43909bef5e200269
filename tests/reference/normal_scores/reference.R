# Reference values of normal scores: the mean of a standard normal variable between two thresholds,
# by quadrature. Run in this folder: Rscript reference.R
suppressMessages(library(jsonlite))
items <- read.csv("../structural/ordinal.csv")[c("a1", "b2", "c3")]
scores <- lapply(items, function(answers) {
  counts <- table(answers)
  limits <- qnorm(c(0, cumsum(counts) / sum(counts)))
  means <- sapply(seq_along(counts), function(k)
    integrate(function(z) z * dnorm(z), limits[k], limits[k + 1], rel.tol = 1e-12)$value)
  as.vector(means / (counts / sum(counts)))
})
write(toJSON(list(R = R.version.string, scores = scores), digits = NA, auto_unbox = TRUE), "reference.json")
