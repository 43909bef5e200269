# Wild cluster bootstrap by brute force: every Rademacher draw of the first eight clusters of the
# regression data, each bootstrap sample refitted from scratch. Run here: Rscript reference.R
suppressMessages({library(clubSandwich); library(jsonlite)})
result <- list(R = R.version.string, packages = list(clubSandwich = as.character(packageVersion("clubSandwich"))))
d <- subset(read.csv("../regression/nested_12.csv"), cluster < 8); clusters <- sort(unique(d$cluster))
draws <- as.matrix(expand.grid(rep(list(c(-1, 1)), length(clusters))))
share <- function(t, own) mean(abs(t) >= abs(own) * (1 - 1e-10))

# Linear model: restricted residuals change sign by cluster; CR1 t statistic of each sample.
linear <- function(restricted, contrast, null) {
  statistic <- function(y) {
    fit <- lm(y ~ x + z, d); covariance <- vcovCR(fit, d$cluster, "CR1")
    (sum(contrast * coef(fit)) - null) / sqrt(drop(contrast %*% covariance %*% contrast))
  }
  mean <- fitted(restricted); residual <- residuals(restricted)
  t <- apply(draws, 1, function(w) statistic(mean + w[match(d$cluster, clusters)] * residual))
  own <- statistic(d$linear)
  list(own = own, t = t, p = share(t, own))
}
result$coefficient <- linear(lm(linear ~ z, d), c(0, 1, 0), 0)
# x and z have the same coefficient.
result$difference <- linear(lm(linear ~ I(x + z), d), c(0, 1, -1), 0)

# Logit: restricted scores change sign by cluster (Kline and Santos 2012); one Newton step gives the
# estimate of each draw, and the scores at it, to first order, its CR1 variance.
restricted <- glm(binary ~ z, binomial(), d, control = glm.control(epsilon = 1e-14))
X <- model.matrix(~ x + z, d); p <- fitted(restricted); inverse <- solve(t(X) %*% (X * p * (1 - p)))
score <- lapply(clusters, function(g) colSums(X[d$cluster == g, ] * (d$binary - p)[d$cluster == g]))
information <- lapply(clusters, function(g) { x <- X[d$cluster == g, ]; t(x) %*% (x * (p * (1 - p))[d$cluster == g]) })
statistic <- function(w) {
  step <- inverse %*% Reduce(`+`, Map(`*`, w, score))
  meat <- matrix(0, 3, 3)
  for (g in seq_along(clusters)) { s <- w[g] * score[[g]] - information[[g]] %*% step; meat <- meat + s %*% t(s) }
  j <- length(clusters)
  step[2] / sqrt((inverse %*% meat %*% inverse * j / (j - 1))[2, 2])
}
own <- statistic(rep(1, length(clusters))); t <- apply(draws, 1, statistic)
result$score <- list(own = own, t = t, p = share(t, own))
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
