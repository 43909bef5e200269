# Reference values of the checks of fitted models, from their definitions. Run here: Rscript reference.R
suppressMessages({library(MASS); library(ordinal); library(sandwich); library(clubSandwich)
  library(numDeriv); library(pROC); library(jsonlite)})
packages <- c("MASS", "ordinal", "sandwich", "clubSandwich", "numDeriv", "pROC")
result <- list(R = R.version.string,
               packages = lapply(setNames(nm = packages), function(p) as.character(packageVersion(p))))
tight <- glm.control(epsilon = 1e-14, maxit = 200)
right <- ~ x * z + group + offered
d <- read.csv("../regression/nested_60.csv"); d$group <- factor(d$group)

# Variance inflation: 1 / (1 - R squared) of each column; of several, the generalised factor ^ (1/df).
x <- model.matrix(right, d)[, -1]; r <- cor(x)
single <- sapply(c("x", "z", "offered", "x:z"), function(v) 1 / (1 - summary(lm(x[, v] ~ x[, colnames(x) != v]))$r.squared))
own <- colnames(x) %in% c("group2", "group3")
result$inflation <- c(as.list(single), list(group = sqrt(det(r[own, own]) * det(r[!own, !own]) / det(r))))

# A logit: fitted and left-out probabilities, estimates without each community.
fit <- glm(update(right, binary ~ .), binomial(), d, control = tight)
test <- coef_test(fit, vcovCR(fit, d$cluster, "CR2"), test = "Satterthwaite")
focal <- names(coef(fit)) != "(Intercept)" & names(coef(fit)) != "x:z"
p <- fitted(fit); effect <- function(b, e) {
  m <- model.matrix(right, e); q <- plogis(drop(m %*% b)); mean(q * (1 - q) * (b["x"] + b["x:z"] * e$z))
}
clusters <- sort(unique(as.character(d$cluster))); left_out <- numeric(nrow(d)); without <- numeric(0)
for (g in clusters) {
  kept <- d$cluster != g; one <- glm(formula(fit), binomial(), d[kept, ], control = tight)
  left_out[!kept] <- predict(one, d[!kept, ], type = "response"); without[g] <- effect(coef(one), d[kept, ])
}
shifted <- glm(d$binary ~ 1, offset = qlogis(left_out), family = binomial(), control = tight)
scaled <- glm(d$binary ~ qlogis(left_out), family = binomial(), control = tight)
area <- function(p) as.numeric(auc(roc(d$binary, p, quiet = TRUE, direction = "<")))
result$logit <- list(smallest_df = min(test$df[focal]), smallest_term = names(coef(fit))[focal][which.min(test$df[focal])],
  extreme = mean(p < 0.001 | p > 0.999), auc = area(p), brier = mean((d$binary - p)^2),
  auc_left_out = area(left_out), brier_left_out = mean((d$binary - left_out)^2),
  calibration_intercept_left_out = unname(coef(shifted)), calibration_slope_left_out = unname(coef(scaled)[2]),
  lowest = min(without), lowest_cluster = names(which.min(without)),
  highest = max(without), highest_cluster = names(which.max(without)))

# A linear model without each community.
linear <- sapply(clusters, function(g) coef(lm(update(right, linear ~ .), d[d$cluster != g, ]))["z"] +
                   coef(lm(update(right, linear ~ .), d[d$cluster != g, ]))["x:z"] * mean(d$x[d$cluster != g]))
result$linear <- list(lowest = min(linear), lowest_cluster = clusters[which.min(linear)],
                      highest = max(linear), highest_cluster = clusters[which.max(linear)])

# Counts.
poisson_fit <- glm(update(right, count ~ .), poisson(), d, control = tight)
result$poisson <- list(dispersion = sum(residuals(poisson_fit, "pearson")^2) / df.residual(poisson_fit),
  zeros_observed = mean(d$count == 0), zeros_predicted = mean(dpois(0, fitted(poisson_fit))))
f <- read.csv("../families/nested_60.csv"); f$group <- factor(f$group)
nb <- glm.nb(count ~ x * z + group, f, control = glm.control(epsilon = 1e-14, maxit = 200))
mu <- fitted(nb); k <- length(coef(nb)) + 1
result$negative_binomial <- list(dispersion = sum((f$count - mu)^2 / (mu + mu^2 / nb$theta)) / (nrow(f) - k),
  zeros_observed = mean(f$count == 0), zeros_predicted = mean(dnbinom(0, mu = mu, size = nb$theta)))
zero <- glm((visits > 0) ~ x * z + group, binomial(), f, control = tight)
result$hurdle_negative_binomial <- list(zeros_observed = mean(f$visits == 0), zeros_predicted = mean(1 - fitted(zero)))

# Proportional odds: Brant (1990), from the logits of exceeding each category.
m <- model.matrix(~ x * z + group, f); categories <- sort(unique(f$rating)); n_logits <- length(categories) - 1
logits <- lapply(seq_len(n_logits), function(c) glm((f$rating > categories[c]) ~ m[, -1], binomial(), control = tight))
pi <- sapply(logits, fitted); k <- ncol(m) - 1
inverse <- lapply(seq_len(n_logits), function(c) solve(t(m) %*% (m * (pi[, c] * (1 - pi[, c])))))
v <- matrix(0, n_logits * k, n_logits * k)
for (a in seq_len(n_logits)) for (b in seq_len(n_logits)) {
  both <- pi[, max(a, b)] - pi[, a] * pi[, b]
  v[(a - 1) * k + 1:k, (b - 1) * k + 1:k] <- (inverse[[a]] %*% (t(m) %*% (m * both)) %*% inverse[[b]])[-1, -1]
}
beta <- unlist(lapply(logits, function(fit) coef(fit)[-1]))
wald <- function(columns) {
  D <- do.call(rbind, lapply(2:n_logits, function(c) { row <- matrix(0, length(columns), n_logits * k)
    for (i in seq_along(columns)) { row[i, columns[i]] <- 1; row[i, (c - 1) * k + columns[i]] <- -1 }; row }))
  s <- drop(t(D %*% beta) %*% solve(D %*% v %*% t(D)) %*% (D %*% beta))
  list(statistic = s, df = nrow(D), p_value = pchisq(s, nrow(D), lower.tail = FALSE))
}
terms <- c("x", "z", "group[2]", "group[3]", "x:z")
result$brant <- c(list("all terms" = wald(seq_len(k))), setNames(lapply(seq_len(k), wald), colnames(m)[-1]))
names(result$brant) <- sub("^group([23])$", "group[\\1]", names(result$brant))

# One Newton step without each community, ordinal model: effect of x on the highest category.
o <- clm(factor(rating) ~ x * z + group, data = f, control = clm.control(gradTol = 1e-12, maxIter = 200))
sums <- rowsum(estfun(o), as.character(f$cluster)); steps <- sums %*% vcov(o)
top <- sapply(rownames(sums), function(g) {
  b <- coef(o) - steps[g, ]; e <- f[f$cluster != g, ]; q <- plogis(b["3|4"] - drop(model.matrix(~ x * z + group, e)[, -1] %*% b[-(1:3)]))
  mean(q * (1 - q) * (b["x"] + b["x:z"] * e$z))
})
result$ordinal <- list(lowest = min(top), lowest_cluster = names(which.min(top)),
                       highest = max(top), highest_cluster = names(which.max(top)))
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
