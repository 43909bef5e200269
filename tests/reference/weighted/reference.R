# Reference values of weighted regressions: cluster-robust standard errors, those of the design of a
# sample (strata, finite populations, domains, replicate weights), and weighted effects by definition.
# Run in this folder: Rscript reference.R
suppressMessages({library(clubSandwich); library(sandwich); library(survey); library(numDeriv)
  library(jsonlite)})
packages <- c("clubSandwich", "sandwich", "survey", "numDeriv")
result <- list(R = R.version.string,
               packages = lapply(setNames(nm = packages), function(p) as.character(packageVersion(p))))
right <- ~ x * z + group
tight <- glm.control(epsilon = 1e-15, maxit = 200)
models <- list(gaussian = list("score", gaussian()), binomial = list("any", binomial()),
               probit = list("any", binomial("probit")), cloglog = list("any", binomial("cloglog")),
               poisson = list("count", poisson()), pseudo_poisson = list("amount", poisson()),
               gamma = list("amount", Gamma("log")))

# Weighted averages of the expected outcome; gradients from Richardson extrapolation.
average <- function(mean_of, p, d) sum(d$weight * mean_of(p, d)) / sum(d$weight)
slope <- function(variable) function(mean_of, p, d) {
  h <- 1e-3; at <- function(a) { e <- d; e[[variable]] <- e[[variable]] + a; average(mean_of, p, e) }
  (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
}
everyone_in <- function(d, to) { d$group <- factor(to, levels(d$group)); d }
level <- function(to) function(mean_of, p, d)
  average(mean_of, p, everyone_in(d, to)) - average(mean_of, p, everyone_in(d, "1"))
cross <- function(mean_of, p, d) {
  at <- function(a, b, h) { e <- d; e$x <- e$x + a * h; e$z <- e$z + b * h; average(mean_of, p, e) }
  second <- function(h) (at(1, 1, h) - at(1, -1, h) - at(-1, 1, h) + at(-1, -1, h)) / (4 * h^2)
  (4 * second(0.02) - second(0.04)) / 3
}
by_level <- function(mean_of, p, d)
  slope("x")(mean_of, p, everyone_in(d, "2")) - slope("x")(mean_of, p, everyone_in(d, "1"))
predicted <- function(mean_of, p, d) { d$x <- 1; average(mean_of, p, d) }
kinds <- list(x = slope("x"), z = slope("z"), "group[2]" = level("2"), "group[3]" = level("3"),
              "x:z" = cross, "x:group[2]" = by_level, "x = 1" = predicted)
effects <- function(mean_of, p, covariance, d) lapply(kinds, function(kind) {
  f <- function(q) kind(mean_of, q, d); g <- grad(f, p)
  list(estimate = f(p), std_error = sqrt(drop(g %*% covariance %*% g)))
})

# Standard errors of the design in its several forms; R's own names for them.
designs <- function(everyone) {
  full <- svydesign(~cluster, strata = ~stratum, weights = ~weight, data = everyone, nest = TRUE)
  list(clusters = svydesign(~cluster, weights = ~weight, data = everyone), strata = full,
       finite = svydesign(~cluster, strata = ~stratum, weights = ~weight, fpc = ~population,
                          data = everyone, nest = TRUE),
       JK1 = as.svrepdesign(svydesign(~cluster, weights = ~weight, data = everyone), type = "JK1"),
       JKn = as.svrepdesign(full, type = "JKn"))
}
of_design <- function(formula, design, family) {
  replicated <- inherits(design, "svyrep.design")
  fit <- suppressWarnings(svyglm(formula, design, family = family, control = tight, rescale = TRUE))
  list(std_error = unname(sqrt(diag(vcov(fit)))), df = fit$df.residual,
       estimate = if (replicated) NULL else unname(coef(fit)))
}

for (n_clusters in c(12, 60)) {
  data <- read.csv(sprintf("../families/nested_%d.csv", n_clusters))
  data <- cbind(data, read.csv(sprintf("weights_%d.csv", n_clusters)))
  data$group <- factor(data$group); data$any <- as.numeric(data$visits > 0)
  data$score <- data$rating + data$x / 2; data$rated <- factor(data$rating)
  known <- designs(data); entry <- list()
  X <- function(e) model.matrix(right, e)
  for (name in names(models)) {
    outcome <- models[[name]][[1]]; family <- models[[name]][[2]]
    formula <- update(right, paste(outcome, "~ ."))
    chosen <- if (name == "gamma") data$amount > 0 else rep(TRUE, nrow(data))
    d <- data[chosen, ]; d$share <- d$weight / mean(d$weight)
    fit <- if (name == "gaussian") lm(formula, d, weights = share) else
      suppressWarnings(glm(formula, family, d, weights = share, control = tight))
    # Weights of sampling say nothing of variances: the working model is that of the family.
    cr2 <- if (name == "gaussian") vcovCR(fit, d$cluster, "CR2") else
      vcovCR(fit, d$cluster, "CR2", target = family$variance(fitted(fit)), inverse_var = FALSE)
    test <- coef_test(fit, cr2, test = "Satterthwaite")
    hc <- sapply(c("HC1", "HC2", "HC3"), function(type) unname(sqrt(diag(vcovHC(fit, type = type)))))
    errors <- lapply(known, function(design)
      of_design(formula, if (name == "gamma") subset(design, amount > 0) else design, family))
    domain <- of_design(formula, subset(known$strata, z > -0.5 & (amount > 0 | name != "gamma")), family)
    inside <- function(q, e) family$linkinv(drop(X(e) %*% q))
    clustered <- svyglm(formula, if (name == "gamma") subset(known$clusters, amount > 0) else known$clusters,
                        family = if (name %in% c("binomial", "probit", "cloglog"))
                          quasibinomial(family$link) else family, control = tight)
    entry[[name]] <- list(term = names(coef(fit)), estimate = unname(coef(fit)), CR2 = test$SE, df = test$df,
      p_value = test$p_Satt, CR1 = unname(sqrt(diag(vcovCR(fit, d$cluster, "CR1")))),
      HC1 = hc[, 1], HC2 = hc[, 2], HC3 = hc[, 3], design = errors, domain = domain,
      effects = effects(inside, coef(fit), vcov(clustered), d),
      spread = sqrt(as.numeric(svyvar(as.formula(paste0("~", outcome)), if (name == "gamma")
        subset(known$clusters, amount > 0) else known$clusters))))
  }
  ordered <- update(right, rated ~ .)
  entry$ordinal <- lapply(known[c("clusters", "strata", "finite")], function(design) {
    fit <- svyolr(ordered, design, control = list(reltol = 1e-16, maxit = 1000))
    list(estimate = unname(c(fit$coefficients, fit$zeta)), df = fit$df.residual,
         std_error = unname(sqrt(diag(fit$var))))
  })
  result[[paste0("clusters_", n_clusters)]] <- entry
}
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = FALSE, na = "null"), "reference.json")
