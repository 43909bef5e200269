# Reference values of omega, ordinal alpha, Guttman's lambdas and split halves from psych, lavaan and
# semTools, on the personality items shipped with the project. Run in this folder: Rscript reference.R
suppressMessages({library(psych); library(lavaan); library(semTools); library(jsonlite)})
data <- read.csv("../../../data/raw/bfi/bfi.csv")
for (item in c("A1", "C4", "C5", "E1", "E2", "O2", "O5")) data[[item]] <- 7 - data[[item]]
result <- list(R = R.version.string, psych = as.character(packageVersion("psych")),
               lavaan = as.character(packageVersion("lavaan")),
               semTools = as.character(packageVersion("semTools")))
for (scale in c("A", "C", "E", "N", "O")) {
  items <- paste0(scale, 1:5)
  complete <- na.omit(data[items])
  covariance <- cov(complete)
  model <- paste("f =~", paste(items, collapse = " + "))
  ml <- cfa(model, complete, std.lv = TRUE)
  wls <- cfa(model, complete, std.lv = TRUE, ordered = items, estimator = "WLSMV")
  polychoric <- lavInspect(wls, "sampstat")$cov
  split <- suppressWarnings(splitHalf(complete, covar = TRUE, check.keys = FALSE, raw = TRUE))
  n <- nrow(complete)
  odd <- rowSums(complete[c(1, 3, 5)]); even <- rowSums(complete[c(2, 4)])
  inverse <- 1 / diag(solve(covariance))
  off <- covariance - diag(diag(covariance))
  result[[scale]] <- list(
    n = n,
    alpha_standardised = psych::alpha(complete, check.keys = FALSE)$total$std.alpha,
    alpha_ordinal = suppressWarnings(psych::alpha(polychoric))$total$raw_alpha,
    loadings_ml = unname(lavInspect(ml, "est")$lambda[, 1]),
    uniquenesses_ml = unname(diag(lavInspect(ml, "est")$theta)),
    loadings_wls = unname(lavInspect(wls, "est")$lambda[, 1]),
    omega_total = unname(as.numeric(compRelSEM(ml))),
    omega_total_implied = unname(as.numeric(compRelSEM(ml, obs.var = FALSE))),
    omega_categorical = unname(as.numeric(compRelSEM(wls, ord.scale = TRUE))),
    omega_latent = unname(as.numeric(compRelSEM(wls, ord.scale = FALSE, obs.var = FALSE))),
    ave_ml = unname(as.numeric(AVE(ml))),
    ave_wls = unname(as.numeric(AVE(wls))),
    composite_reliability_wls = {
      l <- lavInspect(wls, "est")$lambda[, 1]; sum(l)^2 / (sum(l)^2 + sum(1 - l^2))
    },
    lambda_1 = 1 - tr(covariance) / sum(covariance),
    lambda_2 = split$lambda2, lambda_3 = split$alpha,
    lambda_5 = 1 - tr(covariance) / sum(covariance) + 2 * sqrt(max(colSums(off^2))) / sum(covariance),
    lambda_6 = 1 - sum(inverse) / sum(covariance),
    odd_even = 2 * cor(odd, even) / (1 + cor(odd, even)),
    # psych visits half of the splits when the number of items is odd, which is not every split once.
    minimum = min(sapply(combn(5, 2, simplify = FALSE), function(half)
      4 * sum(covariance[half, -half]) / sum(covariance))),
    mean = mean(sapply(combn(5, 2, simplify = FALSE), function(half)
      4 * sum(covariance[half, -half]) / sum(covariance))),
    maximum = max(sapply(combn(5, 2, simplify = FALSE), function(half)
      4 * sum(covariance[half, -half]) / sum(covariance))))
}
six <- na.omit(data[c(paste0("N", 1:5), "E1")])
splits <- suppressWarnings(splitHalf(six, covar = TRUE, check.keys = FALSE, raw = TRUE))
result$six <- list(n = nrow(six), lambda_2 = splits$lambda2, lambda_4 = splits$maxrb,
                   lambda_6_psych = splits$lambda6, minimum = splits$minrb, mean = splits$meanr,
                   n_splits = length(splits$raw))
hierarchical <- function(items, factors) {
  complete <- na.omit(data[items])
  fit <- suppressWarnings(suppressMessages(omega(cor(complete), nfactors = factors, n.obs = nrow(complete),
                                                 plot = FALSE, flip = TRUE)))
  list(n = nrow(complete), hierarchical = fit$omega_h, total = fit$omega.tot, alpha = fit$alpha,
       general = unname(fit$schmid$sl[, "g"]), key = unname(fit$key))
}
result$all <- hierarchical(unlist(lapply(c("A", "C", "E", "N", "O"), paste0, 1:5)), 5)
result$eight <- hierarchical(c("N1", "N2", "N3", "N4", "N5", "E1", "E2", "E4"), 3)
result$ten <- hierarchical(c(paste0("A", 1:5), paste0("E", 1:5)), 3)
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
