# Constructs in the place of their scores: made data, and reference values by lavaan, glm and clubSandwich.
# Run in this folder: Rscript reference.R
suppressMessages({library(lavaan); library(clubSandwich); library(jsonlite)})

set.seed(23)
n <- 600
place <- rep(1:24, length.out = n)[order(runif(n))]
z1 <- rnorm(n); z2 <- rbinom(n, 1, 0.4)
level <- matrix(rnorm(24 * 3, sd = 0.4), 24)[place, ]
root <- chol(matrix(c(1, .4, .3, .4, 1, .4, .3, .4, 1), 3))
latent <- matrix(rnorm(3 * n), n) %*% root + level + cbind(0.3 * z1, -0.2 * z1 + 0.3 * z2, 0.2 * z2)
agreement <- rnorm(n, sd = 0.5)
loadings <- list(a = c(.9, .8, .7, -.6), b = c(.8, .8, .7), c = c(.8, .7, .8, -.6))
cut5 <- function(v) findInterval(v, c(-1.6, -0.8, 0, 1)) + 1
items <- do.call(cbind, lapply(seq_along(loadings), function(k)
  sapply(loadings[[k]], function(l) cut5(l * latent[, k] + agreement + rnorm(n, sd = .7)))))
names <- unlist(lapply(names(loadings), function(k) paste0(k, seq_along(loadings[[k]]))))
colnames(items) <- names
y <- as.integer(runif(n) < plogis(-0.4 + 0.4 * latent[, 1] + 0.2 * latent[, 2] + 0.15 * latent[, 1] * latent[, 2] + 0.3 * agreement + 0.2 * z1))
data <- data.frame(place, y, z1 = round(z1, 4), z2, items)
write.csv(data, "data.csv", row.names = FALSE, quote = FALSE)

keyed <- list(a = c(1, 1, 1, -1), b = c(1, 1, 1), c = c(1, 1, 1, -1))
model <- paste(c(sapply(names(keyed), function(k)
  paste(k, "=~", paste0(k, seq_along(keyed[[k]]), collapse = " + "))),
  paste("agree =~", paste0("1*", names, collapse = " + ")),
  "agree ~~ 0*a + 0*b + 0*c"), collapse = "\n")
step <- lm(as.matrix(data[names]) ~ z1 + z2 + factor(place), data)
R <- residuals(step); df <- step$df.residual
measure <- function(S, nobs) {
  # Estimates do not depend on the number of rows that lavaan is told.
  fit <- cfa(model, sample.cov = S, sample.nobs = nobs, sample.cov.rescale = FALSE)
  est <- lavInspect(fit, "est")
  list(lambda = est$lambda[names, ], psi = est$psi, theta = diag(est$theta)[names])
}
held <- c("a", "b")
columns <- function(m, rows) {
  prior <- diag(1e7, 4); dimnames(prior) <- list(c("a", "b", "c", "agree"), c("a", "b", "c", "agree"))
  prior[held, held] <- m$psi[held, held]; prior["agree", "agree"] <- m$psi["agree", "agree"]
  L <- m$lambda[, colnames(prior)]
  B <- solve(L %*% prior %*% t(L) + diag(m$theta), L %*% prior)
  E <- R %*% B
  out <- list()
  for (k in held) {
    w <- setNames(numeric(length(names)), names); w[paste0(k, seq_along(keyed[[k]]))] <- keyed[[k]] / length(keyed[[k]])
    composite <- as.matrix(data[names]) %*% w
    l <- sum(w * m$lambda[, k]); e <- sum(w^2 * m$theta) + m$psi["agree", "agree"] * sum(w)^2
    s <- sqrt(var(composite[rows]) - e) / abs(l)
    fitted <- composite - R %*% w; fitted <- fitted - mean(fitted)
    mean_of <- ave(as.vector(composite), place) - mean(composite)
    total <- as.vector(E[, k] + fitted / l) / s
    out[[k]] <- list(within = total - mean_of / (l * s), mean = mean_of / (l * s), total = total, sd = s,
                     ruler = sqrt(1 - e / var(composite[rows])))
  }
  out$agreement <- E[, "agree"] / sqrt(m$psi["agree", "agree"])
  out
}
frame <- function(cols) with(cols, data.frame(y, a_within = a$within, a_mean = a$mean, b_within = b$within,
  b_mean = b$mean, z1 = data$z1, z2, agreement, product = a$total * b$total, means = a$mean * b$mean))
full <- measure(crossprod(R) / df, n)
cols <- columns(full, seq_len(n))
fit <- glm(y ~ ., binomial, frame(cols), control = glm.control(epsilon = 1e-14, maxit = 100))
cr2 <- vcovCR(fit, place, "CR2")
test <- coef_test(fit, cr2, test = "Satterthwaite")

# Both steps, and the second alone, without each cluster; residuals stay.
again <- alone <- matrix(NA, 24, length(coef(fit)))
for (j in 1:24) {
  kept <- place != j
  m <- measure(crossprod(R[kept, ]) / (df - sum(!kept) + 1), sum(kept))
  moved <- frame(columns(m, kept))
  again[j, ] <- coef(glm(y ~ ., binomial, moved[kept, ]))
  alone[j, ] <- coef(glm(y ~ ., binomial, frame(cols)[kept, ]))
}
ratio <- apply(again, 2, sd) / apply(alone, 2, sd)
result <- list(
  R = R.version.string,
  packages = lapply(c(lavaan = "lavaan", clubSandwich = "clubSandwich"), function(p) as.character(packageVersion(p))),
  df = df,
  loadings = unname(rowSums(full$lambda[, c("a", "b", "c")])),
  covariances = unname(full$psi[c("a", "b", "c"), c("a", "b", "c")]),
  agreement = unname(full$psi["agree", "agree"]),
  errors = unname(full$theta),
  sd = c(cols$a$sd, cols$b$sd), ruler = c(cols$a$ruler, cols$b$ruler),
  terms = names(coef(fit)), estimate = unname(coef(fit)), std_error = test$SE, freedom = test$df,
  ratio = ratio
)
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE, matrix = "rowmajor"), "reference.json")
