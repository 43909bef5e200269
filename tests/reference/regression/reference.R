# Reference values of regressions with cluster-robust standard errors and of marginal effects.
# Run in this folder: Rscript reference.R
suppressMessages({library(clubSandwich); library(sandwich); library(jsonlite)})

families <- list(binary = binomial(), linear = gaussian(), count = poisson())
versions <- sapply(c("clubSandwich", "sandwich"), function(p) as.character(packageVersion(p)))
result <- list(R = R.version.string, packages = as.list(versions))

# Average marginal effects by their definition, gradients by central differences.
average <- function(beta, data, family, outcome_formula, change) {
  mean_at <- function(b, d) mean(family$linkinv(model.matrix(outcome_formula, d) %*% b))
  change(function(d) mean_at(beta, d), data)
}
delta <- function(f, beta, covariance) {
  gradient <- sapply(seq_along(beta), function(i) {
    h <- 1e-5 * max(1, abs(beta[i])); up <- beta; down <- beta
    up[i] <- up[i] + h; down[i] <- down[i] - h
    (f(up) - f(down)) / (2 * h)
  })
  c(estimate = f(beta), std_error = sqrt(drop(gradient %*% covariance %*% gradient)))
}
step <- 1e-4
slope <- function(variable) function(m, d) {
  up <- d; down <- d; up[[variable]] <- up[[variable]] + step; down[[variable]] <- down[[variable]] - step
  (m(up) - m(down)) / (2 * step)
}
level <- function(to) function(m, d) {
  one <- d; zero <- d; one$group <- factor(to, levels = levels(d$group))
  zero$group <- factor(1, levels = levels(d$group)); m(one) - m(zero)
}
cross <- function(m, d) {
  h <- 1e-2
  at <- function(a, b) { e <- d; e$x <- e$x + a; e$z <- e$z + b; m(e) }
  (at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h^2)
}

for (n_clusters in c(12, 60)) {
  data <- read.csv(sprintf("nested_%d.csv", n_clusters)); data$group <- factor(data$group)
  entry <- list()
  for (outcome in names(families)) {
    family <- families[[outcome]]
    right <- ~ x * z + group + offered
    formula <- update(right, as.formula(paste(outcome, "~ .")))
    fit <- if (outcome == "linear") lm(formula, data) else
      glm(formula, family, data, control = glm.control(epsilon = 1e-14, maxit = 100))
    cr2 <- vcovCR(fit, data$cluster, "CR2")
    test <- coef_test(fit, cr2, test = "Satterthwaite")
    covariance <- as.matrix(cr2)
    beta <- coef(fit)
    effects <- list()
    for (name in c("x", "z", "offered"))
      effects[[name]] <- delta(function(b) average(b, data, family, right, slope(name)), beta, covariance)
    for (to in c("2", "3"))
      effects[[paste0("group[", to, "]")]] <-
        delta(function(b) average(b, data, family, right, level(to)), beta, covariance)
    effects[["x:z"]] <- delta(function(b) average(b, data, family, right, cross), beta, covariance)
    hc <- sapply(c("HC1", "HC2", "HC3"), function(type) sqrt(diag(vcovHC(fit, type = type))))
    entry[[outcome]] <- list(
      term = names(beta), estimate = unname(beta), log_likelihood = as.numeric(logLik(fit)),
      classical = unname(sqrt(diag(vcov(fit)))), CR2 = test$SE, df = test$df, p_value = test$p_Satt,
      CR1 = unname(sqrt(diag(vcovCR(fit, data$cluster, "CR1")))),
      HC1 = unname(hc[, 1]), HC2 = unname(hc[, 2]), HC3 = unname(hc[, 3]), effects = lapply(effects, as.list))
  }
  result[[paste0("clusters_", n_clusters)]] <- entry
}
p <- c(0.01, 0.04, 0.03, 0.2, 0.005, 0.5)
result$adjusted <- list(p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
