# Average effects on the expected outcome over the outcome's standard deviation, with cluster-robust
# (CR1) standard errors: proportional odds (expected code of the category) and two parts. Data:
# ../families. Run in this folder: Rscript reference.R
suppressMessages({library(ordinal); library(sandwich); library(numDeriv); library(jsonlite)})
packages <- c("ordinal", "sandwich", "numDeriv")
result <- list(R = R.version.string,
               packages = lapply(setNames(nm = packages), function(p) as.character(packageVersion(p))))
right <- ~ x * z + group
tight <- glm.control(epsilon = 1e-14, maxit = 200)
cr1 <- function(scores, bread, cluster) {
  sums <- rowsum(scores, cluster); j <- nrow(sums)
  bread %*% crossprod(sums) %*% bread * j / (j - 1)
}
slope <- function(variable) function(mean_of, p, d) {
  h <- 1e-3; at <- function(a) { e <- d; e[[variable]] <- e[[variable]] + a; mean(mean_of(p, e)) }
  (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
}
level <- function(to) function(mean_of, p, d) {
  one <- d; zero <- d; one$group <- factor(to, levels(d$group)); zero$group <- factor(1, levels(d$group))
  mean(mean_of(p, one)) - mean(mean_of(p, zero))
}
kinds <- list(x = slope("x"), z = slope("z"), "group[2]" = level("2"), "group[3]" = level("3"))
record <- function(outcome, params, scores, bread, mean_of, d) {
  covariance <- cr1(scores, bread, d$cluster); df <- length(unique(d$cluster)) - 1
  lapply(kinds, function(kind) {
    f <- function(p) kind(mean_of, p, d); g <- grad(f, params); spread <- sd(d[[outcome]])
    value <- f(params) / spread; error <- sqrt(drop(g %*% covariance %*% g)) / spread
    list(effect = f(params), outcome_sd = spread, estimate = value, std_error = error, df = df,
         statistic = value / error, p_value = 2 * pt(-abs(value / error), df),
         conf_low = value - qt(0.975, df) * error, conf_high = value + qt(0.975, df) * error)
  })
}
block <- function(a, b) {
  m <- matrix(0, nrow(a) + nrow(b), nrow(a) + nrow(b))
  m[seq_len(nrow(a)), seq_len(nrow(a))] <- a; m[-seq_len(nrow(a)), -seq_len(nrow(a))] <- b; m
}

for (n_clusters in c(12, 60)) {
  d <- read.csv(sprintf("../families/nested_%d.csv", n_clusters)); d$group <- factor(d$group)
  X <- function(e) model.matrix(right, e); x <- X(d); k <- ncol(x); entry <- list()

  fit <- clm(update(right, factor(rating) ~ .), data = d, control = clm.control(gradTol = 1e-12, maxIter = 200))
  order <- c(4:(2 + k), 1:3); codes <- 1:4
  score <- function(p, e) {
    eta <- drop(X(e)[, -1] %*% p[1:(k - 1)])
    below <- cbind(0, plogis(outer(-eta, p[k - 1 + 1:3], "+")), 1)
    drop((below[, -1] - below[, -5]) %*% codes)
  }
  entry$ordinal <- record("rating", coef(fit)[order], estfun(fit)[, order], vcov(fit)[order, order], score, d)

  positive <- d$amount > 0
  chance <- glm(update(right, (amount > 0) ~ .), binomial(), d, control = tight)
  size <- glm(update(right, amount ~ .), Gamma("log"), d[positive, ], control = tight)
  scores <- matrix(0, nrow(d), 2 * k); scores[, 1:k] <- estfun(chance)
  scores[positive, -(1:k)] <- residuals(size, "working") * weights(size, "working") * x[positive, ]
  entry$two_part_gamma <- record("amount", c(coef(chance), coef(size)), scores,
    block(vcov(chance), summary(size)$cov.unscaled),
    function(p, e) plogis(drop(X(e) %*% p[1:k])) * exp(drop(X(e) %*% p[k + 1:k])), d)
  result[[paste0("clusters_", n_clusters)]] <- entry
}
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
