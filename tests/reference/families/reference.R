# Reference values of ordinal, count and two-part models with cluster-robust standard errors, and of
# their marginal effects by definition. Run in this folder: Rscript reference.R
suppressMessages({library(MASS); library(ordinal); library(pscl); library(sandwich)
  library(numDeriv); library(clubSandwich); library(jsonlite)})
packages <- c("MASS", "ordinal", "pscl", "sandwich", "numDeriv", "clubSandwich")
result <- list(R = R.version.string,
               packages = lapply(setNames(nm = packages), function(p) as.character(packageVersion(p))))
source("definitions.R")

# The maximum of a likelihood given row by row, polished by Newton's steps on numerical derivatives.
polished <- function(rows, start) {
  total <- function(p) sum(rows(p)); p <- start
  for (i in 1:6) p <- p - solve(hessian(total, p), grad(total, p))
  list(params = p, scores = jacobian(rows, p), bread = solve(-hessian(total, p)), log_likelihood = total(p))
}
truncated <- function(y, mu, theta)
  dnbinom(y, mu = mu, size = theta, log = TRUE) - pnbinom(0, mu = mu, size = theta, lower.tail = FALSE, log.p = TRUE)
positive_mean <- function(mu, theta) mu / (1 - (1 + mu / theta)^(-theta))

block <- function(a, b) {
  m <- matrix(0, nrow(a) + nrow(b), nrow(a) + nrow(b))
  m[seq_len(nrow(a)), seq_len(nrow(a))] <- a; m[-seq_len(nrow(a)), -seq_len(nrow(a))] <- b; m
}

for (n_clusters in c(12, 60, 300)) {
  d <- read.csv(sprintf("nested_%d.csv", n_clusters)); d$group <- factor(d$group)
  X <- function(e) model.matrix(right, e); x <- X(d); terms <- colnames(x); k <- ncol(x); entry <- list()

  # Proportional odds: ordinal::clm, checked against MASS::polr; scores and bread from sandwich.
  fit <- clm(update(right, factor(rating) ~ .), data = d, control = clm.control(gradTol = 1e-12, maxIter = 200))
  other <- polr(update(right, factor(rating) ~ .), d, Hess = TRUE, control = list(reltol = 1e-14))
  stopifnot(max(abs(coef(fit) - c(other$zeta, coef(other)))) < 1e-4)
  cuts <- 1:3; order <- c(4:(2 + k), cuts); p <- coef(fit)[order]
  fitted <- list(params = p, scores = estfun(fit)[, order], bread = vcov(fit)[order, order], log_likelihood = as.numeric(logLik(fit)))
  for (category in 1:4) {
    chance <- function(q, e) {
      eta <- drop(X(e)[, -1] %*% q[1:(k - 1)]); tau <- c(-Inf, q[k - 1 + cuts], Inf)
      plogis(tau[category + 1] - eta) - plogis(tau[category] - eta)
    }
    one <- record(c(terms[-1], "1|2", "2|3", "3|4"), fitted, d$cluster, chance, d)
    if (category == 1) { entry$ordinal <- one; entry$ordinal$effects <- list() }
    entry$ordinal$effects[[as.character(category)]] <- one$effects
  }

  # Negative binomial: MASS::glm.nb to start, joint information of coefficients and log(alpha).
  start <- glm.nb(update(right, count ~ .), d, control = tight)
  rows <- function(p) dnbinom(d$count, mu = exp(drop(x %*% p[1:k])), size = exp(-p[k + 1]), log = TRUE)
  fitted <- polished(rows, c(coef(start), -log(start$theta)))
  stopifnot(max(abs(fitted$params - c(coef(start), -log(start$theta)))) < 1e-5)
  entry$negative_binomial <- record(c(terms, "log_dispersion"), fitted, d$cluster,
    function(q, e) exp(drop(X(e) %*% q[1:k])), d)
  entry$negative_binomial$glm.nb <- list(estimate = unname(coef(start)), theta = start$theta, log_likelihood = as.numeric(logLik(start)))

  # Hurdle negative binomial: pscl::hurdle to start.
  start <- hurdle(update(right, visits ~ .), d, dist = "negbin", zero.dist = "binomial")
  b0 <- glm(update(right, (visits > 0) ~ .), binomial(), d, control = tight)
  positive <- d$visits > 0
  rows <- function(p) truncated(d$visits[positive], exp(drop(x[positive, ] %*% p[1:k])), exp(-p[k + 1]))
  size <- polished(rows, c(start$coefficients$count, -log(start$theta)))
  all <- matrix(0, nrow(d), k + k + 1); all[, 1:k] <- estfun(b0); all[positive, -(1:k)] <- size$scores
  fitted <- list(params = c(coef(b0), size$params), scores = all, bread = block(vcov(b0), size$bread),
                 log_likelihood = as.numeric(logLik(b0)) + size$log_likelihood)
  entry$hurdle_negative_binomial <- record(c(terms, terms, "log_dispersion"), fitted, d$cluster, function(q, e) {
    m <- X(e); plogis(drop(m %*% q[1:k])) * positive_mean(exp(drop(m %*% q[k + 1:k])), exp(-q[2 * k + 1])) }, d)
  entry$hurdle_negative_binomial$pscl <- list(any = unname(start$coefficients$zero), positive = unname(start$coefficients$count),
    theta = unname(start$theta), log_likelihood = as.numeric(logLik(start)),
    se_any = unname(sqrt(diag(vcov(start, model = "zero")))), se_positive = unname(sqrt(diag(vcov(start, model = "count")))))

  # Two parts: logit, then gamma or Poisson pseudo-likelihood with a log link.
  positive <- d$amount > 0; part <- d[positive, ]
  b0 <- glm(update(right, (amount > 0) ~ .), binomial(), d, control = tight)
  models <- list(
    two_part_gamma = glm(update(right, amount ~ .), Gamma("log"), part, control = tight),
    two_part_poisson = glm(update(right, amount ~ .), quasipoisson(), part, control = tight))
  for (name in names(models)) {
    fit <- models[[name]]; unscaled <- summary(fit)$cov.unscaled
    all <- matrix(0, nrow(d), 2 * k); all[, 1:k] <- estfun(b0)
    all[positive, -(1:k)] <- residuals(fit, "working") * weights(fit, "working") * x[positive, ]
    dispersion <- if (name == "two_part_gamma") summary(fit)$dispersion else 1
    fitted <- list(params = c(coef(b0), coef(fit)), scores = all, bread = block(vcov(b0), unscaled),
                   classical = block(vcov(b0), unscaled * dispersion), log_likelihood = NA)
    entry[[name]] <- record(c(terms, terms), fitted, d$cluster, function(q, e) {
      m <- X(e); plogis(drop(m %*% q[1:k])) * exp(drop(m %*% q[k + 1:k])) }, d)
  }

  # Poisson pseudo-likelihood of an amount with zeros; clubSandwich for CR2.
  fit <- suppressWarnings(glm(update(right, amount ~ .), poisson(), d, control = tight))
  test <- coef_test(fit, vcovCR(fit, d$cluster, "CR2"), test = "Satterthwaite")
  fitted <- list(params = coef(fit), scores = estfun(fit), bread = vcov(fit), log_likelihood = NA)
  entry$pseudo_poisson <- record(terms, fitted, d$cluster, function(q, e) exp(drop(X(e) %*% q)), d)
  entry$pseudo_poisson$CR2 <- test$SE; entry$pseudo_poisson$df <- test$df
  result[[paste0("clusters_", n_clusters)]] <- entry
}
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = FALSE, na = "null"), "reference.json")
