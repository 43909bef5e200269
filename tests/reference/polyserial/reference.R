# Reference values of polyserial correlations: lavaan for the normal variable; for both variables R's
# own optimiser, and standard errors from the stacked estimating equations by numerical derivatives.
# Run in this folder: Rscript reference.R
suppressMessages({library(lavaan); library(jsonlite)})
data <- read.csv("mixed.csv")
items <- c("a", "b", "c")
variables <- c("x", "y")

from_lavaan <- function(item, variable, missing) {
  fit <- suppressWarnings(cfa(paste(item, "~~", variable), data[c(item, variable)],
    ordered = item, estimator = "WLSMV", missing = missing))
  moments <- lavInspect(fit, "sampstat")$cov
  moments[1, 2] / sqrt(moments[2, 2])
}

# Each respondent's estimating functions at (mean, sd, thresholds, correlation).
equations <- function(parameters, code, value, categories) {
  last <- length(parameters)
  z <- (value - parameters[1]) / parameters[2]
  cuts <- parameters[3:(last - 1)]
  limits <- c(-Inf, cuts, Inf)
  log_likelihood <- function(rho) {
    spread <- sqrt(1 - rho^2)
    log(pnorm((limits[code + 1] - rho * z) / spread) - pnorm((limits[code] - rho * z) / spread))
  }
  step <- 1e-5
  rho <- parameters[last]
  score <- (log_likelihood(rho + step) - log_likelihood(rho - step)) / (2 * step)
  shares <- sapply(seq_along(cuts), function(k) (code <= k) - pnorm(cuts[k]))
  all <- cbind(z, z^2 - 1, shares, score)
  all[is.na(all)] <- 0
  all
}

by_hand <- function(item, variable) {
  code <- as.integer(factor(data[[item]]))
  value <- data[[variable]]
  mean <- mean(value, na.rm = TRUE)
  sd <- sqrt(mean((value - mean)^2, na.rm = TRUE))
  cuts <- qnorm(head(cumsum(prop.table(table(code))), -1))
  both <- !is.na(code) & !is.na(value)
  z <- (value[both] - mean) / sd
  limits <- c(-Inf, cuts, Inf)
  log_likelihood <- function(rho) {
    spread <- sqrt(1 - rho^2)
    sum(log(pnorm((limits[code[both] + 1] - rho * z) / spread) -
              pnorm((limits[code[both]] - rho * z) / spread)))
  }
  rho <- optimize(log_likelihood, c(-0.95, 0.95), maximum = TRUE, tol = 1e-10)$maximum
  parameters <- c(mean, sd, cuts, rho)
  total <- function(parameters) colSums(equations(parameters, code, value))
  slopes <- sapply(seq_along(parameters), function(place) {
    step <- 1e-4 * (seq_along(parameters) == place)
    (total(parameters + step) - total(parameters - step)) / 2e-4
  })
  bread <- solve(slopes)
  covariance <- bread %*% crossprod(equations(parameters, code, value)) %*% t(bread)
  c(rho, sqrt(covariance[length(parameters), length(parameters)]))
}

grid <- expand.grid(item = items, variable = variables, stringsAsFactors = FALSE)
values <- mapply(by_hand, grid$item, grid$variable)
result <- list(
  R = R.version.string, lavaan = as.character(packageVersion("lavaan")),
  correlations = matrix(values[1, ], 3), standard_errors = matrix(values[2, ], 3),
  lavaan_pairwise_x = sapply(items, from_lavaan, "x", "pairwise", USE.NAMES = FALSE),
  n = outer(items, variables, Vectorize(function(a, b) sum(complete.cases(data[c(a, b)]))))
)
write(toJSON(result, digits = 12, auto_unbox = TRUE), "reference.json")
