# Reference values of a randomised experiment: arms, balance, Neyman's effects; and exact
# randomisation tests of small ones, every assignment enumerated. Run here: Rscript reference.R
library(jsonlite)
result <- list(R = R.version.string, packages = list(jsonlite = as.character(packageVersion("jsonlite"))))
d <- read.csv("experiment.csv")

arm <- function(one, two) {
  y <- d$rating[d$pay == one & d$benefits == two]; test <- t.test(y)
  list(n = length(y), mean = mean(y), sd = sd(y), conf_low = test$conf.int[1], conf_high = test$conf.int[2])
}
result$arms <- list("pay = 0, benefits = 0" = arm(0, 0), "pay = 0, benefits = 1" = arm(0, 1),
                    "pay = 1, benefits = 0" = arm(1, 0), "pay = 1, benefits = 1" = arm(1, 1))

difference <- function(v, side) {
  one <- v[side == 1]; zero <- v[side == 0]
  list(mean_0 = mean(zero), mean_1 = mean(one), standardised_difference = (mean(one) - mean(zero)) / sqrt((var(one) + var(zero)) / 2))
}
for (factor in c("pay", "benefits")) {
  side <- d[[factor]]
  result$balance[[factor]] <- list(
    motive = c(difference(d$motive, side), p_value = t.test(d$motive[side == 1], d$motive[side == 0])$p.value),
    education = lapply(setNames(nm = as.character(1:4)), function(level)
      c(difference(as.numeric(d$education == level), side), p_value = chisq.test(table(d$education, side), correct = FALSE)$p.value)))
}

# Neyman: a weighted sum of the arms' means; Welch's degrees of freedom of such a sum.
cells <- with(d, list(y00 = rating[pay == 0 & benefits == 0], y01 = rating[pay == 0 & benefits == 1],
                      y10 = rating[pay == 1 & benefits == 0], y11 = rating[pay == 1 & benefits == 1]))
neyman <- function(w) {
  m <- sapply(cells, mean); parts <- w^2 * sapply(cells, var) / lengths(cells)
  value <- sum(w * m); error <- sqrt(sum(parts)); df <- sum(parts)^2 / sum(parts^2 / (lengths(cells) - 1))
  list(estimate = value, std_error = error, statistic = value / error, df = df, p_value = 2 * pt(-abs(value / error), df),
       conf_low = value - qt(0.975, df) * error, conf_high = value + qt(0.975, df) * error, standardised = value / sd(d$rating))
}
result$effects <- list(pay = neyman(c(-1, -1, 1, 1) / 2), benefits = neyman(c(-1, 1, -1, 1) / 2), "pay:benefits" = neyman(c(1, -1, -1, 1)))

# One factor: every choice of four of nine. Two factors: pay shuffled within the sides of benefits.
small <- list(y = c(3, 5, 4, 7, 8, 6, 9, 2, 7), pay = c(0, 0, 0, 1, 1, 0, 1, 0, 1))
own <- with(small, mean(y[pay == 1]) - mean(y[pay == 0]))
drawn <- combn(9, 4, function(i) mean(small$y[i]) - mean(small$y[-i]))
result$one_factor <- c(small, list(estimate = own, p_value = mean(abs(drawn) >= abs(own) - 1e-12)))
two <- list(y = c(3, 5, 4, 7, 8, 6, 9, 2, 7, 8, 5, 9), pay = c(0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1), benefits = rep(0:1, each = 6))
halves <- lapply(0:1, function(b) { y <- two$y[two$benefits == b]; k <- sum(two$pay[two$benefits == b])
  combn(length(y), k, function(i) mean(y[i]) - mean(y[-i])) })
own <- with(two, mean(sapply(0:1, function(b) mean(y[benefits == b & pay == 1]) - mean(y[benefits == b & pay == 0]))))
drawn <- outer(halves[[1]], halves[[2]], "+") / 2
result$two_factors <- c(two, list(estimate = own, p_value = mean(abs(drawn) >= abs(own) - 1e-12)))
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
