# Reference values of polychoric correlations from lavaan and psych.
# Run in this folder: Rscript reference.R
suppressMessages({library(lavaan); library(psych); library(jsonlite)})
result <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")),
               psych = as.character(packageVersion("psych")))

# The covariance of the estimates is too large to keep: its diagonal is kept, and its product with
# two vectors that weigh every entry differently.
summarise <- function(gamma) {
  q <- nrow(gamma)
  list(diagonal = diag(gamma), sines = as.vector(gamma %*% sin(1:q)),
       cosines = as.vector(gamma %*% cos(1:q)))
}

# A saturated model: no zero cells are filled, missing answers are left out pair by pair.
saturated <- function(data, zero.add = c(0, 0)) {
  names <- colnames(data)
  pairs <- combn(names, 2)
  model <- paste(pairs[1, ], "~~", pairs[2, ], collapse = "\n")
  fit <- suppressWarnings(cfa(model, data, ordered = names, estimator = "WLSMV",
    missing = "pairwise", se = "none", test = "none", do.fit = FALSE, zero.add = zero.add))
  sample <- lavInspect(fit, "sampstat")
  c(list(n = lavInspect(fit, "nobs"), thresholds = as.vector(sample$th),
         correlations = sample$cov[lower.tri(sample$cov)]),
    summarise(lavInspect(fit, "gamma")))
}

for (name in c("items_1000.csv", "items_10000.csv.gz", "hard.csv")) {
  result[[name]] <- saturated(read.csv(name))
}
bfi <- read.csv("../../../data/raw/bfi/bfi.csv")[c(paste0("A", 1:5), paste0("N", 1:5))]
result[["bfi"]] <- saturated(bfi)

items <- read.csv("items_1000.csv")
fit <- suppressWarnings(psych::polychoric(items, correct = 0, smooth = FALSE))
result[["psych"]] <- fit$rho[lower.tri(fit$rho)]
write(toJSON(result, digits = 12, auto_unbox = TRUE), "reference.json")
