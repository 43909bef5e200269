# Reference values of two-level models: lme4 (glmer, lmer), lmerTest, ordinal::clmm.
# Run in this folder: Rscript reference.R
suppressMessages({library(lme4); library(lmerTest); library(ordinal); library(numDeriv); library(jsonlite)})
packages <- c("lme4", "lmerTest", "ordinal", "numDeriv")
result <- list(R = R.version.string,
               packages = lapply(setNames(nm = packages), function(p) as.character(packageVersion(p))))
right <- "x * z + w + group"
allowed <- qchisq(0.95, 1)
numbers <- function(x) unname(as.vector(x))

# A minimum found by a package, polished by Newton's steps on numerical derivatives.
polished <- function(f, start) {
  p <- start
  for (i in seq_len(if (n_clusters == 300) 2 else 4)) p <- p - solve(hessian(f, p), grad(f, p))
  list(params = p, covariance = 2 * solve(hessian(f, p)), deviance = f(p))
}
# Both ends of a profile-likelihood interval; `profile` is a deviance.
interval <- function(profile, at, minimum, lowest = 0) {
  excess <- function(v) profile(v) - minimum - allowed
  high <- at * 1.5; while (excess(high) < 0) high <- high * 1.3
  low <- if (excess(lowest) <= 0) lowest else uniroot(excess, c(lowest, at), tol = 1e-10)$root
  c(low, uniroot(excess, c(at, high), tol = 1e-10)$root)
}
spread <- function(L) c(abs(L[1]), sqrt(L[2]^2 + L[3]^2), sign(L[1]) * L[2] / sqrt(L[2]^2 + L[3]^2))
delta <- function(f, p, covariance) { J <- jacobian(f, p); sqrt(diag(J %*% covariance %*% t(J))) }

# Population-averaged effects by definition: trapezoids over the distribution of the random effects.
nodes <- function(r, step, reach) {
  z <- seq(-reach, reach, step)
  grid <- if (r == 1) cbind(z) else as.matrix(expand.grid(z, z))
  list(z = grid, weight = exp(-rowSums(grid^2) / 2) * step^r / (2 * pi)^(r / 2))
}
averaged <- function(X, k, d, r, chance) {
  rule <- if (r == 1) nodes(1, 0.1, 7) else nodes(2, 0.3, 6.3)
  function(p, e) {
    m <- X(e); total <- 0
    for (q in seq_along(rule$weight)) {
      z <- rule$z[q, ]
      u <- if (r == 1) p[k + 1] * z else p[k + 1] * z[1] + (p[k + 2] * z[1] + p[k + 3] * z[2]) * e$x
      total <- total + rule$weight[q] * mean(chance(m, p, u))
    }
    total
  }
}
slope <- function(variable) function(mean_of, p, d) {
  h <- 1e-2; at <- function(a) { e <- d; e[[variable]] <- e[[variable]] + a; mean_of(p, e) }
  (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
}
level <- function(to) function(mean_of, p, d) {
  one <- d; zero <- d; one$group <- factor(to, levels(d$group)); zero$group <- factor(1, levels(d$group))
  mean_of(p, one) - mean_of(p, zero)
}
cross <- function(mean_of, p, d) {
  at <- function(a, b) { e <- d; e$x <- e$x + a; e$z <- e$z + b; mean_of(p, e) }
  second <- function(h) (at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h^2)
  (4 * second(0.05) - second(0.1)) / 3
}
effects <- function(kinds, mean_of, p, covariance, d) lapply(kinds, function(kind) {
  f <- function(q) kind(mean_of, q, d); g <- grad(f, p, method.args = list(r = 2))
  list(estimate = f(p), std_error = sqrt(drop(g %*% covariance %*% g)))
})
kinds <- list(x = slope("x"), w = slope("w"), "group[2]" = level("2"), "x:z" = cross)

for (n_clusters in c(12, 60, 300)) {
  d <- read.csv(sprintf("nested_%d.csv", n_clusters)); d$group <- factor(d$group); d$rating <- factor(d$rating)
  X <- function(e) model.matrix(as.formula(paste("~", right)), e); x <- X(d); terms <- colnames(x)
  k <- ncol(x); n <- nrow(d); entry <- list(terms = terms, n = n, sizes = range(table(d$cluster)))
  bars <- c(intercept = "(1 | cluster)", slope = "(1 + x | cluster)")
  one_level <- as.numeric(logLik(glm(as.formula(paste("chosen ~", right)), binomial, d, epsilon = 1e-14)))

  # Logit. glmer's deviance function of (theta, beta) is that of its approximation; its default
  # standard errors come from the second derivatives of that function, here by Richardson.
  for (kind in names(bars)) for (points in if (kind == "slope") 1 else if (n_clusters == 60) c(15, 7, 1) else 15) {
    formula <- as.formula(paste("chosen ~", right, "+", bars[[kind]]))
    control <- glmerControl("bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), tolPwrss = 1e-13, calc.derivs = FALSE)
    fit <- suppressMessages(glmer(formula, d, binomial, nAGQ = points, control = control))
    deviance <- update(fit, devFunOnly = TRUE)
    r <- length(fit@theta)
    best <- polished(deviance, c(fit@theta, fixef(fit)))
    order <- c(r + 1:k, 1:r)
    p <- unname(best$params[order]); covariance <- best$covariance[order, order]
    # With several points the deviance lacks a constant; logLik(fit) has it.
    log_likelihood <- as.numeric(logLik(fit)) + (deviance(c(fit@theta, fixef(fit))) - best$deviance) / 2
    found <- list(estimate = p[1:k], std_error = sqrt(diag(covariance))[1:k], root = p[-(1:k)],
                  log_likelihood = log_likelihood, glmer = unname(fixef(fit)), theta = unname(fit@theta))
    if (kind == "intercept") {
      sigma <- abs(p[k + 1]); error <- sqrt(covariance[k + 1, k + 1])
      profile <- function(s) {
        f <- function(b) deviance(c(s, b))
        b <- nlminb(p[1:k], f, control = list(rel.tol = 1e-14))
        b$objective
      }
      # Profiles of 300 clusters take R half an hour and are left out.
      ends <- if (n_clusters == 300) c(NA, NA) else interval(profile, sigma, best$deviance)
      icc <- function(s) s^2 / (s^2 + pi^2 / 3); mor <- function(s) exp(sqrt(2 * s^2) * qnorm(0.75))
      lr <- 2 * (log_likelihood - one_level)
      found$components <- list(
        standard_deviation = c(sigma, error, ends),
        icc = c(icc(sigma), grad(icc, sigma) * error, icc(ends)),
        median_odds_ratio = c(mor(sigma), grad(mor, sigma) * error, mor(ends)))
    } else {
      value <- spread(p[k + 1:3]); error <- delta(spread, p[k + 1:3], covariance[k + 1:3, k + 1:3])
      q <- qnorm(0.975)
      low <- c(value[1:2] * exp(-q * error[1:2] / value[1:2]), tanh(atanh(value[3]) - q * error[3] / (1 - value[3]^2)))
      high <- c(value[1:2] * exp(q * error[1:2] / value[1:2]), tanh(atanh(value[3]) + q * error[3] / (1 - value[3]^2)))
      simpler <- update(fit, as.formula(paste("chosen ~", right, "+ (1 | cluster)")))
      lr <- 2 * (log_likelihood - as.numeric(logLik(simpler)))
      found$components <- lapply(1:3, function(i) c(value[i], error[i], low[i], high[i]))
    }
    found$statistic <- lr
    found$p_value <- if (kind == "intercept") pchisq(lr, 1, lower.tail = FALSE) / 2 else
      (pchisq(lr, 1, lower.tail = FALSE) + pchisq(lr, 2, lower.tail = FALSE)) / 2
    if (points == 15 || (kind == "slope" && n_clusters == 12)) {
      chance <- function(m, q, u) plogis(drop(m %*% q[1:k]) + u)
      chosen <- if (kind == "slope") kinds[c("x", "w")] else kinds
      found$effects <- effects(chosen, averaged(X, k, d, if (kind == "slope") 2 else 1, chance), p, covariance, d)
    }
    entry[[paste("binomial", kind, points, sep = "_")]] <- found
  }

  # Proportional odds: clmm with 15 points, polished on the deviance that it minimises, which has
  # the coefficients and ln(sigma) as parameters; derivatives by sigma from the chain rule.
  formula <- as.formula(paste("rating ~", right, "+ (1 | cluster)"))
  control <- clmm.control(maxIter = 500, gradTol = 1e-11)
  fit <- suppressWarnings(clmm(formula, data = d, nAGQ = 15, control = control))
  rho <- clmm(formula, data = d, nAGQ = 15, control = control, doFit = FALSE)
  deviance <- function(p) suppressWarnings(2 * ordinal:::getNAGQ.ssr(rho, p))
  best <- polished(deviance, c(coef(fit), log(as.numeric(fit$ST[[1]]))))
  order <- c(4:(2 + k), 1:3); error <- sqrt(diag(best$covariance)); sigma <- exp(best$params[k + 3])
  base <- as.numeric(logLik(clm(as.formula(paste("rating ~", right)), data = d, control = list(gradTol = 1e-12))))
  entry$ordinal_intercept_15 <- list(
    estimate = unname(best$params[order]), std_error = error[order], clmm = unname(coef(fit)[order]),
    sigma = c(unname(sigma), unname(sigma) * error[k + 3]),
    log_likelihood = -best$deviance / 2, statistic = -best$deviance - 2 * base)

  # Linear, by lmer; degrees of freedom by lmerTest.
  for (kind in names(bars)) for (restricted in c(TRUE, FALSE)) {
    formula <- as.formula(paste("score ~", right, "+", bars[[kind]]))
    control <- lmerControl(optCtrl = list(xtol_abs = 1e-13, ftol_abs = 1e-14, xtol_rel = 0, ftol_rel = 0, maxeval = 1e5), calc.derivs = FALSE)
    start <- lme4::lmer(formula, d, REML = restricted, control = control)
    deviance <- update(start, devFunOnly = TRUE)
    best <- polished(deviance, start@theta)
    fit <- suppressMessages(lmerTest::lmer(formula, d, REML = restricted, start = best$params, control = control))
    table <- coef(summary(fit)); s <- sigma(fit); theta <- fit@theta
    contrast <- c(0, 1, -1, rep(0, k - 3)); tested <- contest1D(fit, contrast)
    e <- environment(deviance); df <- if (restricted) n - k else n
    full <- function(theta, sigma) {
      deviance(theta); rest <- e$resp$wrss() + e$pp$sqrL(1)
      df * log(2 * pi * sigma^2) + rest / sigma^2 + e$pp$ldL2() + (if (restricted) e$pp$ldRX2() else 0)
    }
    r <- length(theta)
    both <- function(v) full(v[1:r], v[r + 1])
    covariance <- 2 * solve(hessian(both, c(theta, s)))
    found <- list(estimate = unname(table[, 1]), std_error = unname(table[, 2]), df = unname(table[, 3]),
                  statistic = unname(table[, 4]), p_value = unname(table[, 5]), theta = theta, sigma = s,
                  contrast = c(tested$Estimate, tested[["Std. Error"]], tested$df), log_likelihood = as.numeric(logLik(fit)))
    simpler <- if (kind == "intercept") deviance(rep(0, r)) else
      -2 * as.numeric(logLik(lme4::lmer(as.formula(paste("score ~", right, "+ (1 | cluster)")), d, REML = restricted, control = control)))
    lr <- simpler + 2 * found$log_likelihood
    found$lr <- lr
    found$lr_p_value <- if (kind == "intercept") pchisq(lr, 1, lower.tail = FALSE) / 2 else
      (pchisq(lr, 1, lower.tail = FALSE) + pchisq(lr, 2, lower.tail = FALSE)) / 2
    if (kind == "intercept") {
      minimum <- -2 * found$log_likelihood
      icc <- function(t) t^2 / (1 + t^2)
      ratio <- interval(function(t) deviance(t), theta, minimum)
      between <- interval(function(b) optimize(function(l) full(b / exp(l), exp(l)), log(s) + c(-1.4, 1.4), tol = 1e-10)$objective, theta * s, minimum)
      residual <- interval(function(v) optimize(function(t) full(t, v), c(0, 20 * theta + 1), tol = 1e-10)$objective, s, minimum, s / 1000)
      found$components <- list(
        standard_deviation = c(theta * s, delta(function(v) v[1] * v[2], c(theta, s), covariance), between),
        residual_standard_deviation = c(s, sqrt(covariance[2, 2]), residual),
        icc = c(icc(theta), delta(function(v) icc(v[1]), c(theta, s), covariance), icc(ratio)))
    } else {
      parts <- function(v) c(spread(v[1:3]) * c(v[4], v[4], 1), v[4])
      value <- parts(c(theta, s)); error <- delta(parts, c(theta, s), covariance); q <- qnorm(0.975)
      found$components <- lapply(1:4, function(i) if (i == 3)
        c(value[i], error[i], tanh(atanh(value[i]) + c(-1, 1) * q * error[i] / (1 - value[i]^2))) else
        c(value[i], error[i], value[i] * exp(c(-1, 1) * q * error[i] / value[i])))
    }
    entry[[paste("gaussian", kind, if (restricted) "REML" else "ML", sep = "_")]] <- found
  }
  result[[paste0("clusters_", n_clusters)]] <- entry
}
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = FALSE, na = "null"), "reference.json")
