# Outcomes missing not at random: pattern mixture with a shift, and its tipping point.
# Run in this folder: Rscript reference.R
suppressMessages({library(mice); library(MASS); library(jsonlite)})

# A binary and a linear outcome on one exposure, either of them missing for a quarter or so.
set.seed(17)
n <- 400
exposed <- round(rnorm(n), 3)
served <- as.integer(runif(n) < plogis(0.1 + 0.5 * exposed))
amount <- round(1 + 0.4 * exposed + rnorm(n), 3)
lost <- runif(n) < plogis(-1.1 + 0.3 * exposed)
data <- data.frame(exposed, served, amount)
data[lost, c("served", "amount")] <- NA
write.csv(data, "data.csv", row.names = FALSE, na = "", quote = FALSE)

m <- 400
along <- as.vector(scale(exposed))
pooled <- function(q, u, df) {
  p <- pool.scalar(q, u, n = Inf, k = 1)
  list(estimate = p$qbar, std_error = sqrt(p$t), between = p$b,
       p_value = 2 * pt(-abs(p$qbar / sqrt(p$t)), p$df))
}

# Binary: coefficients from their approximate posterior, outcomes from the shifted probabilities.
known <- data[!lost, ]
fit <- glm(served ~ exposed, binomial, known)
design <- cbind(1, exposed)[lost, ]
binary <- function(delta, places) {
  set.seed(29)
  found <- replicate(m, {
    eta <- design %*% mvrnorm(1, coef(fit), vcov(fit)) + delta * places[lost]
    d <- data
    d$served[lost] <- rbinom(sum(lost), 1, plogis(eta))
    f <- glm(served ~ exposed, binomial, d)
    c(coef(f)[["exposed"]], vcov(f)["exposed", "exposed"])
  })
  pooled(found[1, ], found[2, ])
}

# Linear: mice's Bayesian regression, its imputations moved by `post`.
spread <- sd(known$amount)
linear <- function(delta, places) {
  moved <- delta * spread * places[lost]
  post <- c("", "", "imp[[j]][, i] <- imp[[j]][, i] + moved")
  environment_of_post <- globalenv()
  assign("moved", moved, envir = environment_of_post)
  imputed <- mice(data[c("exposed", "served", "amount")], m = m, maxit = 1, method = c("", "", "norm"),
                  post = post, printFlag = FALSE, seed = 31,
                  predictorMatrix = rbind(0, 0, c(1, 0, 0)))
  found <- sapply(seq_len(m), function(k) {
    f <- lm(amount ~ exposed, complete(imputed, k))
    c(coef(f)[["exposed"]], vcov(f)["exposed", "exposed"])
  })
  pooled(found[1, ], found[2, ])
}

shifts <- c(-2, -1, 0, 1, 2)
row <- function(outcome, form, delta, found) c(list(outcome = outcome, form = form, shift = delta), found)
rows <- c(
  lapply(shifts, function(d) row("served", "outcome", d, binary(d, rep(1, n)))),
  lapply(shifts, function(d) row("served", "outcome_along_exposure", d, binary(d, along))),
  lapply(shifts, function(d) row("amount", "outcome", d, linear(d, rep(1, n)))),
  lapply(shifts, function(d) row("amount", "outcome_along_exposure", d, linear(d, along))))

# Where the two-sided p value of the binary outcome reaches .05 under shifts along the exposure.
tipping <- uniroot(function(d) binary(d, along)$p_value - 0.05, c(-2, 0), tol = 1e-3)$root
write_json(list(rows = rows, tipping = tipping, versions = list(R = R.version.string,
           mice = as.character(packageVersion("mice")))), "reference.json", auto_unbox = TRUE, digits = 8,
           pretty = TRUE)
