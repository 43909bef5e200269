# The joint test of a grid by brute force: every Rademacher draw of the first eight clusters of the regression data,
# each cell of the grid refitted from scratch to outcomes made under the null. Run here: Rscript reference.R
suppressMessages({library(clubSandwich); library(jsonlite)})
result <- list(R = R.version.string, packages = list(clubSandwich = as.character(packageVersion("clubSandwich"))))
d <- subset(read.csv("../regression/nested_12.csv"), cluster < 8); clusters <- sort(unique(d$cluster))
draws <- as.matrix(expand.grid(rep(list(c(-1, 1)), length(clusters))))
cells <- expand.grid(covariates = c("z", "1"), outcome = c("linear", "binary"), stringsAsFactors = FALSE)
J <- length(clusters)

# Estimate in standard deviations of the outcome, and its CR1 standard error, for an outcome y of a cell.
estimate <- function(y, cell, spread) {
  fit <- lm(reformulate(c("x", cell$covariates), "y"), transform(d, y = y))
  error <- sqrt(diag(as.matrix(vcovCR(fit, d$cluster, "CR1"))))[["x"]]
  c(coef(fit)[["x"]], error) / spread
}
one <- function(i) {
  cell <- cells[i, ]; y <- d[[cell$outcome]]; spread <- sd(y)
  restricted <- lm(reformulate(cell$covariates, "y"), transform(d, y = y))
  null <- apply(draws, 1, function(w)
    estimate(fitted(restricted) + w[match(d$cluster, clusters)] * residuals(restricted), cell, spread))
  list(own = estimate(y, cell, spread), null = null)
}
found <- lapply(seq_len(nrow(cells)), one)
own <- sapply(found, function(each) each$own[1])
t <- own / sapply(found, function(each) each$own[2])
normal <- function(t) sign(t) * -qnorm(pt(-abs(t), J - 1))
null <- sapply(found, function(each) each$null[1, ]); null.t <- sapply(found, function(each) each$null[1, ] / each$null[2, ])
p <- function(statistic, of.draws) (1 + sum(of.draws >= statistic * (1 - 1e-10))) / (1 + nrow(draws))
z <- normal(t); null.z <- normal(null.t)
result$cells <- list(estimate = own, statistic = t)
result$value <- list(median_effect = median(own), share_significant = mean(z > qnorm(0.975)), stouffer_z = sum(z) / sqrt(length(z)))
result$p <- list(median_effect = p(abs(median(own)), abs(apply(null, 1, median))),
                 share_significant = p(mean(z > qnorm(0.975)), rowMeans(null.z > qnorm(0.975))),
                 stouffer_z = p(abs(sum(z)), abs(rowSums(null.z))))
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
