# What the reference scripts of this folder share: sandwiches, and marginal effects by definition.
right <- ~ x * z + group
tight <- glm.control(epsilon = 1e-14, maxit = 200)

# Sandwich J/(J-1) B (sum s s') B from each row's scores and the inverse information.
sandwich_cr1 <- function(scores, bread, cluster) {
  sums <- rowsum(scores, cluster); j <- nrow(sums)
  bread %*% crossprod(sums) %*% bread * j / (j - 1)
}
# Average effects by definition; the gradient by the parameters from Richardson extrapolation.
slope <- function(variable) function(mean_of, p, d) {
  h <- 1e-3; at <- function(a) { e <- d; e[[variable]] <- e[[variable]] + a; mean(mean_of(p, e)) }
  (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
}
level <- function(to) function(mean_of, p, d) {
  one <- d; zero <- d; one$group <- factor(to, levels(d$group)); zero$group <- factor(1, levels(d$group))
  mean(mean_of(p, one)) - mean(mean_of(p, zero))
}
cross <- function(mean_of, p, d) {
  at <- function(a, b, h) { e <- d; e$x <- e$x + a * h; e$z <- e$z + b * h; mean(mean_of(p, e)) }
  second <- function(h) (at(1, 1, h) - at(1, -1, h) - at(-1, 1, h) + at(-1, -1, h)) / (4 * h^2)
  (4 * second(0.02) - second(0.04)) / 3
}
slope_by_level <- function(mean_of, p, d) {
  one <- d; zero <- d; one$group <- factor("2", levels(d$group)); zero$group <- factor("1", levels(d$group))
  slope("x")(mean_of, p, one) - slope("x")(mean_of, p, zero)
}
predicted <- function(mean_of, p, d) { d$x <- 1; mean(mean_of(p, d)) }
kinds <- list(x = slope("x"), z = slope("z"), "group[2]" = level("2"), "group[3]" = level("3"),
              "x:z" = cross, "x:group[2]" = slope_by_level, "x = 1" = predicted)
effects <- function(mean_of, p, covariance, d) lapply(kinds, function(kind) {
  f <- function(q) kind(mean_of, q, d); g <- grad(f, p)
  list(estimate = f(p), std_error = sqrt(drop(g %*% covariance %*% g)))
})
record <- function(term, fitted, cluster, mean_of, d) {
  covariance <- sandwich_cr1(fitted$scores, fitted$bread, cluster)
  list(term = term, estimate = unname(fitted$params), CR1 = unname(sqrt(diag(covariance))),
       classical = unname(sqrt(diag(fitted$classical %||% fitted$bread))),
       HC1 = unname(sqrt(diag(fitted$bread %*% crossprod(fitted$scores) %*% fitted$bread *
                                nrow(fitted$scores) / (nrow(fitted$scores) - length(fitted$params))))),
       log_likelihood = fitted$log_likelihood, effects = effects(mean_of, fitted$params, covariance, d))
}
`%||%` <- function(a, b) if (is.null(a)) b else a
