# Reference values of natural effects by the g-formula and of their sensitivity. Run in this folder:
# Rscript reference.R
suppressMessages({library(sandwich); library(jsonlite)})
set.seed(20)
n <- 400
data <- data.frame(place = rep(1:25, each = 16), age = round(rnorm(n), 3))
shared <- rnorm(25, 0, .3)[data$place]
data$pay <- rbinom(n, 1, .5)
data$trust <- round(.4 * data$pay + .3 * data$age + shared + rnorm(n), 3)
data$asked <- rbinom(n, 1, plogis(-.3 + .6 * data$pay + .3 * data$age))
data$kinds <- rpois(n, exp(.1 + .4 * data$pay + .2 * data$age))
latent <- -.4 + .3 * data$pay + .5 * data$trust + .4 * data$asked + .2 * data$kinds +
  .3 * data$pay * data$trust + .2 * data$age + shared
data$joined <- rbinom(n, 1, plogis(latent))
data$mood <- round(latent + rnorm(n), 3)
write.csv(data, "data.csv", row.names = FALSE)

# What rows add to the parameters of a model, and to the logarithm of a residual variance.
influence <- function(fit) estfun(fit) %*% bread(fit) / n
with_variance <- function(fit) {
  value <- summary(fit)$sigma^2
  added <- resid(fit)^2 / fit$df.residual - value / n
  list(params = c(coef(fit), log(value)), psi = cbind(influence(fit), added / value))
}
plain <- function(fit) list(params = coef(fit), psi = influence(fit))
error <- function(f, parts, cluster = NULL) {
  theta <- unlist(lapply(parts, `[[`, "params")); psi <- do.call(cbind, lapply(parts, `[[`, "psi"))
  if (!is.null(cluster)) psi <- rowsum(psi, cluster)
  J <- nrow(psi)
  slope <- sapply(seq_along(theta), function(i) {
    h <- 1e-5; up <- theta; down <- theta; up[i] <- up[i] + h; down[i] <- down[i] - h
    (f(up) - f(down)) / (2 * h)
  })
  sqrt(diag(slope %*% crossprod(psi) %*% t(slope)) * J / (J - 1))
}
both <- function(f, parts, cluster = NULL) {
  theta <- unlist(lapply(parts, `[[`, "params"))
  list(value = unname(f(theta)), error = unname(error(f, parts, cluster)))
}
three <- function(y) c(y(1, 1) - y(0, 0), y(1, 0) - y(0, 0), y(1, 1) - y(1, 0))

# One 0/1 mediator, logit outcome, with the interaction; clusters.
m <- glm(asked ~ pay + age, binomial, data, epsilon = 1e-14)
y <- glm(joined ~ pay * asked + age, binomial, data, epsilon = 1e-14)
binary <- both(function(t) three(function(a, b) {
  p <- plogis(t[1] + t[2] * b + t[3] * data$age); k <- t[4:8]
  mean(sapply(0:1, function(v)
    (if (v == 1) p else 1 - p) * plogis(k[1] + k[2] * a + k[3] * v + k[4] * data$age + k[5] * a * v)) |> rowSums())
}), list(plain(m), plain(y)), data$place)

# One count, logit outcome.
m <- glm(kinds ~ pay + age, poisson, data, epsilon = 1e-14)
y <- glm(joined ~ pay + kinds + age, binomial, data, epsilon = 1e-14)
count <- both(function(t) three(function(a, b) {
  mu <- exp(t[1] + t[2] * b + t[3] * data$age); k <- t[4:7]
  mean(rowSums(sapply(0:60, function(v)
    dpois(v, mu) * plogis(k[1] + k[2] * a + k[3] * v + k[4] * data$age))))
}), list(plain(m), plain(y)))

# Two mediators, a 0/1 one and then a normal one, logit outcome: parts along the order.
m1 <- glm(asked ~ pay + age, binomial, data, epsilon = 1e-14)
m2 <- lm(trust ~ pay + asked + age, data)
y <- glm(joined ~ pay + asked + trust + age, binomial, data, epsilon = 1e-14)
grid <- seq(-8, 8, length.out = 801); w <- dnorm(grid); w <- w / sum(w)
sequence <- both(function(t) {
  mean_of <- function(a, a1, a2) {
    p <- plogis(t[1] + t[2] * a1 + t[3] * data$age); g <- t[4:7]; s <- exp(t[8] / 2); k <- t[9:13]
    mean(rowSums(sapply(0:1, function(v) {
      centre <- g[1] + g[2] * a2 + g[3] * v + g[4] * data$age
      fixed <- k[1] + k[2] * a + k[3] * v + k[5] * data$age
      (if (v == 1) p else 1 - p) *
        c(plogis(fixed + outer(k[4] * centre, k[4] * s * grid, `+`)) %*% w)
    })))
  }
  c(mean_of(1, 1, 1) - mean_of(0, 0, 0), mean_of(1, 0, 0) - mean_of(0, 0, 0),
    mean_of(1, 1, 1) - mean_of(1, 0, 0), mean_of(1, 1, 1) - mean_of(1, 0, 1),
    mean_of(1, 0, 1) - mean_of(1, 0, 0))
}, list(plain(m1), with_variance(m2), plain(y)), data$place)

# Sensitivity as in Imai, Keele and Yamamoto (2010): two linear models, theorem 4.
m <- lm(trust ~ pay + age, data); whole <- lm(mood ~ pay + age, data)
r <- cor(resid(m), resid(whole)); rhos <- seq(-.8, .8, .4)
k <- m$df.residual
s1 <- sqrt(sum(resid(whole)^2) / k); s2 <- sqrt(sum(resid(m)^2) / k)
linear <- coef(m)[["pay"]] * s1 / s2 * (r - rhos * sqrt((1 - r^2) / (1 - rhos^2)))
# Probit outcome: the structural probit given rho, its marginal probability in closed form.
y <- glm(joined ~ pay + trust + age, binomial("probit"), data, epsilon = 1e-14)
b <- coef(y); g <- coef(m)
probit <- sapply(rhos, function(rho) {
  root <- sqrt(1 - rho^2); slope <- b[["trust"]] * root - rho / s2
  rest <- b[c("(Intercept)", "pay", "age")] * root + rho / s2 * g[c("(Intercept)", "pay", "age")]
  spread <- sqrt(1 + slope^2 * s2^2 + 2 * rho * slope * s2)
  p <- function(a, a2) {
    centre <- g[[1]] + g[[2]] * a2 + g[[3]] * data$age
    mean(pnorm((rest[[1]] + rest[[2]] * a + rest[[3]] * data$age + slope * centre) / spread))
  }
  c(p(1, 1) - p(1, 0), p(1, 0) - p(0, 0))
})
write(toJSON(list(R = R.version.string, binary = binary, count = count, sequence = sequence,
                  rho = rhos, linear = linear, linear_zero = r,
                  probit_indirect = probit[1, ], probit_direct = probit[2, ],
                  probit_zero = b[["trust"]] * s2 / sqrt(1 + (b[["trust"]] * s2)^2)),
             digits = NA, auto_unbox = TRUE), "reference.json")
