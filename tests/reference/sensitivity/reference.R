# Power by base R's noncentral t; E-values and robustness values from their formulas, of models with
# clubSandwich's CR2 and with least squares. Data: ../regression. Run in this folder: Rscript reference.R
suppressMessages({library(clubSandwich); library(numDeriv); library(jsonlite)})
packages <- c("clubSandwich", "numDeriv")
result <- list(R = R.version.string,
               packages = lapply(setNames(nm = packages), function(p) as.character(packageVersion(p))))
cases <- expand.grid(df = c(2.2, 8.94, 24, 60, 500, Inf), level = c(0.05, 0.1), ratio = c(0.1, 1, 2.8, 5))
cases$power <- with(cases, pt(qt(1 - level / 2, df), df, ratio, lower.tail = FALSE))
cases$df <- as.character(cases$df)
result$power <- cases

d <- read.csv("../regression/nested_60.csv"); d$group <- factor(d$group); d$high <- as.numeric(d$z > 0.5)
right <- ~ x + high + group + offered
e_value <- function(r) { r <- max(r, 1 / r); r + sqrt(r * (r - 1)) }
ratio <- function(fit, f) {
  b <- coef(fit); value <- f(b); gradient <- grad(f, b)
  test <- linear_contrast(fit, vcovCR(fit, d$cluster, "CR2"), contrasts = matrix(gradient, 1), test = "Satterthwaite")
  ends <- exp(value + c(-1, 1) * qt(0.975, test$df) * test$SE)
  limit <- if (ends[1] > 1) ends[1] else if (ends[2] < 1) ends[2] else 1
  list(estimate = exp(value), conf_low = ends[1], conf_high = ends[2], e_value = e_value(exp(value)), e_value_limit = e_value(limit))
}
tight <- glm.control(epsilon = 1e-14, maxit = 100)
logit <- glm(update(right, binary ~ .), binomial(), d, control = tight)
at <- function(...) model.matrix(right, transform(d, ...))
mean_of <- function(m, b) mean(plogis(drop(m %*% b)))
result$risk_ratio <- list(
  x = ratio(logit, function(b) {
    p <- plogis(drop(at() %*% b)); log(mean(p) + mean(p * (1 - p)) * b["x"]) - log(mean(p)) }),
  high = ratio(logit, function(b) log(mean_of(at(high = 1), b)) - log(mean_of(at(high = 0), b))),
  "group[2]" = ratio(logit, function(b) log(mean_of(at(group = factor("2", levels(d$group))), b)) -
                                        log(mean_of(at(group = factor("1", levels(d$group))), b))))
poisson_fit <- glm(update(right, count ~ .), poisson(), d, control = tight)
result$rate_ratio <- list(x = ratio(poisson_fit, function(b) b["x"]), offered = ratio(poisson_fit, function(b) b["offered"]))

robustness <- function(t, df, critical = 0) {
  f <- max(abs(t) / sqrt(df) - critical / sqrt(df - 1), 0); (sqrt(f^4 + 4 * f^2) - f^2) / 2
}
ols <- lm(update(right, linear ~ .), d); df <- df.residual(ols); robust <- coef_test(ols, vcovCR(ols, d$cluster, "CR2"), "Satterthwaite")
for (term in c("x", "high", "offered")) {
  plain <- summary(ols)$coefficients[term, ]; t <- plain["t value"]; row <- match(term, names(coef(ols)))
  critical <- qt(0.975, robust$df[row] - 1) * robust$SE[row] / plain["Std. Error"]
  half <- qt(0.975, robust$df[row]) * robust$SE[row]
  without <- lm(update(right, as.formula(paste("linear ~ . -", term))), d)
  result$linear[[term]] <- lapply(list(
    estimate = plain["Estimate"], conf_low = plain["Estimate"] - half, conf_high = plain["Estimate"] + half,
    partial_r2 = 1 - deviance(ols) / deviance(without), robustness_value = robustness(t, df),
    robustness_value_limit = robustness(t, df, critical),
    classical_limit = robustness(t, df, qt(0.975, df - 1))), unname)
}
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
