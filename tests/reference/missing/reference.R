# Chained equations and pooling: what mice says of the same data.
# Run in this folder: Rscript reference.R
suppressMessages({library(mice); library(jsonlite)})

# Data: a score of five codes, a binary, an ordinal and a nominal variable, missing by what is seen.
set.seed(3)
n <- 600
z <- rnorm(n)
x <- round(z + rnorm(n), 3)
item <- pmin(pmax(round(3 + z + rnorm(n)), 1), 5)
served <- as.integer(runif(n) < plogis(-0.5 + z))
grade <- findInterval(z + rlogis(n), c(-1, 0.5, 2)) + 1
eta <- cbind(0, 0.8 * z, -0.8 * z)
place <- apply(exp(eta), 1, function(p) sample(1:3, 1, prob = p))
outcome <- round(1 + 0.5 * item + 0.7 * served + rnorm(n), 3)
data <- data.frame(x, outcome, item, served, grade, place)
lost <- function(slope) runif(n) < plogis(-1.2 + slope * as.vector(scale(outcome)))
for (name in c("item", "served", "grade", "place")) data[lost(0.8), name] <- NA
write.csv(data, "data.csv", row.names = FALSE, na = "", quote = FALSE)

m <- 100
whole <- transform(data, served = factor(served), grade = factor(grade, ordered = TRUE), place = factor(place))
imputed <- mice(whole, m = m, maxit = 5, printFlag = FALSE, seed = 1,
                method = c("", "", "pmm", "logreg", "polr", "polyreg"))
numbers <- function(k) {
  d <- complete(imputed, k)
  fit <- lm(outcome ~ item + as.numeric(served == 1), d)
  values <- c(mean(d$item), mean(d$served == 1), mean(as.integer(d$grade)), mean(d$place == 2), mean(d$place == 3))
  values <- c(values, cov(d$item, d$x), mean(d$x[d$served == 1]), cor(as.integer(d$grade), d$x), mean(d$x[d$place == 3]))
  c(values, coef(fit), diag(vcov(fit)))
}
found <- sapply(seq_len(m), numbers)
names <- c("item_mean", "served_share", "grade_mean", "place_2", "place_3", "item_x", "served_x", "grade_x",
           "place_3_x", "constant", "item", "served")
chained <- lapply(seq_along(names), function(i)
  list(name = names[i], mean = mean(found[i, ]), variance = var(found[i, ])))

# Pooling of numbers that need no imputation to be there.
set.seed(4)
scalars <- lapply(c(Inf, 60, 7.5), function(df) {
  q <- rnorm(6, 0.4, 0.1); u <- runif(6, 0.01, 0.03)
  p <- pool.scalar(q, u, n = df, k = 0)
  list(df = if (is.infinite(df)) NULL else df, q = q, u = u, estimate = p$qbar, between = p$b, total = p$t,
       pooled_df = p$df, fmi = p$fmi, ratio = p$r)
})
five <- lapply(1:5, function(k) {
  d <- complete(imputed, k)
  lm(outcome ~ item + as.numeric(served == 1) + x, d)
})
pooled <- summary(pool(as.mira(five), dfcom = 41.5), conf.int = TRUE)
fits <- lapply(five, function(f) list(estimate = unname(coef(f)), std_error = unname(sqrt(diag(vcov(f)))),
                                      covariance = unname(vcov(f))))
regression <- list(fits = fits, df = 41.5, pooled = list(
  estimate = pooled$estimate, std_error = pooled$std.error, statistic = pooled$statistic, df = pooled$df,
  p_value = pooled$p.value, conf_low = pooled[["2.5 %"]], conf_high = pooled[["97.5 %"]],
  fmi = pool(as.mira(five), dfcom = 41.5)$pooled$fmi))
joint <- lapply(list(Inf, 41.5), function(df) {
  small <- lapply(1:5, function(k) {
    d <- complete(imputed, k)
    lm(outcome ~ as.numeric(served == 1), d)
  })
  test <- mitml::testModels(five, small, method = "D1", df.com = if (is.infinite(df)) NULL else df)$test
  list(df = if (is.infinite(df)) NULL else df, terms = c(1, 3), statistic = test[1], df1 = test[2], df2 = test[3],
       p_value = test[4], riv = test[5])
})
writeLines(toJSON(list(m = m, chained = chained, scalars = scalars, regression = regression, joint = joint),
                  auto_unbox = TRUE, digits = NA, null = "null", pretty = TRUE), "reference.json")
