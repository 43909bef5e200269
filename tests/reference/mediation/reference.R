# Reference values of a mediation of observed variables. Run in this folder: Rscript reference.R
suppressMessages({library(sandwich); library(jsonlite)})
data <- read.csv("../../../data/raw/tal_or/tal_or.csv")
first <- lm(pmi ~ cond, data)
second <- lm(reaction ~ pmi + cond, data)
whole <- lm(reaction ~ cond, data)
a <- coef(first)[["cond"]]
b <- coef(second)[["pmi"]]
# Heteroskedasticity-consistent errors without a correction for small samples; both regressions are
# stacked, so that their covariance counts.
psi <- cbind(estfun(first) %*% bread(first) / nrow(data), estfun(second) %*% bread(second) / nrow(data))
spread <- crossprod(psi)
slope <- c(0, b, 0, a, 0)
set.seed(1)
draws <- replicate(4000, {
  rows <- data[sample(nrow(data), replace = TRUE), ]
  coef(lm(pmi ~ cond, rows))[["cond"]] * coef(lm(reaction ~ pmi + cond, rows))[["pmi"]]
})
write(toJSON(list(R = R.version.string, a = a, b = b, direct = coef(second)[["cond"]],
                  total = coef(whole)[["cond"]], indirect = a * b,
                  a_std_error = sqrt(vcovHC(first, "HC0")["cond", "cond"]),
                  b_std_error = sqrt(vcovHC(second, "HC0")["pmi", "pmi"]),
                  total_std_error = sqrt(vcovHC(whole, "HC0")["cond", "cond"]),
                  indirect_std_error = sqrt(c(slope %*% spread %*% slope)),
                  r_squared = summary(second)$r.squared,
                  bootstrap = unname(quantile(draws, c(.025, .975)))),
             digits = NA, auto_unbox = TRUE), "reference.json")
