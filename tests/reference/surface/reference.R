# Average predictions over a grid of two variables by brute force: everyone is set to both values,
# `predict` is averaged; delta method with the model's own vcov, and with clubSandwich's CR2 and
# Satterthwaite degrees of freedom. Data: ../regression. Run in this folder: Rscript reference.R
suppressMessages({library(clubSandwich); library(jsonlite)})
result <- list(R = R.version.string, packages = list(clubSandwich = as.character(packageVersion("clubSandwich"))))
families <- list(binary = binomial(), linear = gaussian(), count = poisson())
d <- read.csv("../regression/nested_60.csv"); d$group <- factor(d$group)
right <- ~ x * z + group + offered
grids <- lapply(d[c("x", "z")], function(v) seq(quantile(v, 0.01), quantile(v, 0.99), length.out = 21))
nearest <- function(v, grid) tabulate(apply(abs(outer(v, grid, "-")), 1, which.min), 21)
counts <- list(x = nearest(d$x, grids$x), z = nearest(d$z, grids$z))
shown <- seq(1, 21, by = 5)

for (outcome in names(families)) {
  family <- families[[outcome]]; formula <- update(right, as.formula(paste(outcome, "~ .")))
  fit <- if (outcome == "linear") lm(formula, d) else
    glm(formula, family, d, control = glm.control(epsilon = 1e-14, maxit = 100))
  robust <- vcovCR(fit, d$cluster, "CR2")
  result[[outcome]] <- do.call(c, lapply(shown, function(i) lapply(shown, function(j) {
    e <- transform(d, x = grids$x[i], z = grids$z[j])
    gradient <- colMeans(family$mu.eta(predict(fit, e)) * model.matrix(right, e))
    value <- mean(predict(fit, e, type = "response"))
    ends <- function(error, df) {
      half <- qt(0.975, df) * error / family$mu.eta(family$linkfun(value))
      list(std_error = error, df = if (is.infinite(df)) "inf" else df, conf_low = family$linkinv(family$linkfun(value) - half),
           conf_high = family$linkinv(family$linkfun(value) + half))
    }
    plain <- sqrt(drop(gradient %*% vcov(fit) %*% gradient))
    test <- linear_contrast(fit, robust, contrasts = matrix(gradient, 1), test = "Satterthwaite")
    list(value = grids$x[i], by_value = grids$z[j], estimate = value,
         n_near = sum(abs(d$x - grids$x[i]) <= sd(d$x) / 2 & abs(d$z - grids$z[j]) <= sd(d$z) / 2),
         n_value = counts$x[i], n_by_value = counts$z[j],
         classical = ends(plain, if (outcome == "linear") df.residual(fit) else Inf),
         CR2 = ends(test$SE, test$df))
  })))
}
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
