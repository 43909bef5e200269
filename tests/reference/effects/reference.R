# Reference values of effects, predictions, slopes by cells and bins: their definitions, with delta
# method and Satterthwaite degrees of freedom on clubSandwich's CR2. Run here: Rscript reference.R
suppressMessages({library(clubSandwich); library(numDeriv); library(jsonlite)})
packages <- c("clubSandwich", "numDeriv")
result <- list(R = R.version.string,
               packages = lapply(setNames(nm = packages), function(p) as.character(packageVersion(p))))
families <- list(binary = binomial(), linear = gaussian(), count = poisson())
curvature <- list(binary = function(p) p * (1 - p) * (1 - 2 * p), linear = function(m) 0 * m, count = function(m) m)

fitted_model <- function(outcome, right, d) {
  family <- families[[outcome]]
  formula <- update(right, as.formula(paste(outcome, "~ .")))
  fit <- if (outcome == "linear") lm(formula, d) else
    glm(formula, family, d, control = glm.control(epsilon = 1e-14, maxit = 100))
  list(fit = fit, covariance = vcovCR(fit, d$cluster, "CR2"), family = family, curve = curvature[[outcome]],
       X = function(e) model.matrix(right, e), d = d, beta = coef(fit), y = d[[outcome]])
}
complete <- function(m, f) {
  value <- f(m$beta); gradient <- grad(f, m$beta)
  test <- linear_contrast(m$fit, m$covariance, contrasts = matrix(gradient, 1), test = "Satterthwaite")
  half <- qt(0.975, test$df) * test$SE
  list(estimate = value, std_error = test$SE, statistic = value / test$SE, df = test$df,
       p_value = 2 * pt(-abs(value / test$SE), test$df), conf_low = value - half, conf_high = value + half)
}
# Design matrices are polynomials in each variable, so that these differences are exact.
moved <- function(d, ...) { by <- list(...); for (v in names(by)) d[[v]] <- d[[v]] + by[[v]]; d }
put <- function(d, at) {
  for (v in names(at)) d[[v]] <- if (is.factor(d[[v]])) factor(at[[v]], levels(d[[v]])) else at[[v]]
  d
}
shift <- function(v, by) setNames(list(by), v)
predicted <- function(m, at) { x <- m$X(put(m$d, at)); function(b) mean(m$family$linkinv(drop(x %*% b))) }
contrast <- function(m, v, one, zero, at = list()) {
  high <- predicted(m, c(at, shift(v, one))); low <- predicted(m, c(at, shift(v, zero)))
  function(b) high(b) - low(b)
}
slope <- function(m, v, at = list()) {
  e <- put(m$d, at); x <- m$X(e)
  dx <- (m$X(do.call(moved, c(list(e), shift(v, 1)))) - m$X(do.call(moved, c(list(e), shift(v, -1))))) / 2
  function(b) mean(m$family$mu.eta(drop(x %*% b)) * drop(dx %*% b))
}
minus <- function(f, g) function(b) f(b) - g(b)
cross <- function(m, v, w) {
  x <- m$X(m$d); at <- function(i, j) {
    e <- do.call(moved, c(list(m$d), shift(v, i))); m$X(do.call(moved, c(list(e), shift(w, j)))) }
  dv <- (at(1, 0) - at(-1, 0)) / 2; dw <- (at(0, 1) - at(0, -1)) / 2
  both <- if (v == w) at(1, 0) - 2 * x + at(-1, 0) else (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / 4
  function(b) {
    eta <- drop(x %*% b); mu <- m$family$linkinv(eta)
    mean(m$curve(mu) * drop(dv %*% b) * drop(dw %*% b) + m$family$mu.eta(eta) * drop(both %*% b))
  }
}

# All effects of the model that the regression tests fit.
for (n_clusters in c(12, 60, 300)) {
  d <- read.csv(sprintf("../regression/nested_%d.csv", n_clusters)); d$group <- factor(d$group)
  for (outcome in names(families)) {
    m <- fitted_model(outcome, ~ x * z + group + offered, d)
    wanted <- list(x = slope(m, "x"), z = slope(m, "z"), "group[2]" = contrast(m, "group", "2", "1"),
      "group[3]" = contrast(m, "group", "3", "1"), offered = slope(m, "offered"), "x:z" = cross(m, "x", "z"))
    result$usual[[paste0("clusters_", n_clusters)]][[outcome]] <- lapply(wanted, function(f) complete(m, f))
  }
}

d <- read.csv("../regression/nested_60.csv"); d$group <- factor(d$group)
d$high <- as.numeric(d$z > 0.5); d$late <- as.numeric(d$group == 3)
for (outcome in names(families)) {
  # A product of numbers and a product with a category.
  m <- fitted_model(outcome, ~ x * z + x * group + offered, d)
  entry <- list(
    "x at z" = slope(m, "x", list(z = 1.5)), "x at category" = slope(m, "x", list(group = "2")),
    "x at reference" = slope(m, "x", list(group = "1")),
    "category at x" = contrast(m, "group", "3", "1", list(x = -1)),
    "difference" = minus(slope(m, "x"), slope(m, "z")),
    "difference at" = minus(slope(m, "x", list(group = "2")), slope(m, "z", list(group = "2"))),
    "x:category" = minus(slope(m, "x", list(group = "2")), slope(m, "x", list(group = "1"))))
  result$products[[outcome]] <- lapply(entry, function(f) complete(m, f))

  # Products of 0/1 variables; a square.
  flags <- fitted_model(outcome, ~ high * late + x * high, d)
  entry <- list(
    "high:late" = minus(contrast(flags, "high", 1, 0, list(late = 1)), contrast(flags, "high", 1, 0, list(late = 0))),
    "x:high" = minus(slope(flags, "x", list(high = 1)), slope(flags, "x", list(high = 0))),
    high = contrast(flags, "high", 1, 0))
  result$flags[[outcome]] <- lapply(entry, function(f) complete(flags, f))
  square <- fitted_model(outcome, ~ z + I(z^2) + x, d)
  result$square[[outcome]] <- lapply(list(z = slope(square, "z"), "z at" = slope(square, "z", list(z = 1)), "z:z" = cross(square, "z", "z")),
                                     function(f) complete(square, f))

  # Predictions along x, by category and by a number; the interval on the scale of the link.
  link <- families[[outcome]]
  curve <- function(by) lapply(by, function(held) lapply(seq(quantile(d$x, 0.05), quantile(d$x, 0.95), length.out = 21), function(value) {
    one <- complete(m, predicted(m, c(held, list(x = unname(value)))))
    half <- qt(0.975, one$df) * one$std_error / link$mu.eta(link$linkfun(one$estimate))
    list(value = unname(value), estimate = one$estimate, std_error = one$std_error, df = one$df,
         conf_low = link$linkinv(link$linkfun(one$estimate) - half), conf_high = link$linkinv(link$linkfun(one$estimate) + half))
  }))
  held <- mean(d$z) + c(-1, 0, 1) * sd(d$z)
  result$curves[[outcome]] <- list(group = curve(list(list(group = "1"), list(group = "2"), list(group = "3"))),
                                   z = curve(lapply(held, function(value) list(z = value))))

  # Slopes of x in cells of a category, of a number, of a 0/1 variable.
  cells <- function(m, ats, members) lapply(seq_along(ats), function(i) c(
    list(n_cell = sum(members[[i]]), outcome_mean = mean(m$y[members[[i]]]), slope = complete(m, slope(m, "x", ats[[i]]))),
    if (i > 1) list(difference = complete(m, minus(slope(m, "x", ats[[i]]), slope(m, "x", ats[[1]]))))))
  nearest <- apply(abs(outer(d$z, held, "-")), 1, which.min)
  result$moderation[[outcome]] <- list(
    group = cells(m, list(list(group = "1"), list(group = "2"), list(group = "3")), lapply(1:3, function(g) d$group == g)),
    z = cells(m, lapply(held, function(value) list(z = value)), lapply(1:3, function(i) nearest == i)),
    high = cells(flags, list(list(high = 0), list(high = 1)), list(d$high == 0, d$high == 1)))

  # Binning estimator: in each third of z its own level, slope of x, slope of z and their product.
  third <- cut(d$z, quantile(d$z, 0:3 / 3), labels = FALSE, include.lowest = TRUE, right = FALSE)
  medians <- tapply(d$z, third, median)
  binned <- fitted_model(outcome, ~ bin * x * centred + x * group + offered,
                         transform(d, bin = factor(third), centred = z - medians[third]))
  result$bins[[outcome]] <- lapply(1:3, function(i) list(
    median = unname(medians[i]), n_cell = sum(third == i), outcome_mean = mean(d[[outcome]][third == i]),
    binned_slope = complete(binned, slope(binned, "x", list(bin = as.character(i), centred = 0))),
    slope_at_median = complete(m, slope(m, "x", list(z = unname(medians[i]))))))
}
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
