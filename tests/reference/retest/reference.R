# Reference values of test-retest reliability of scores and ordinal items on two and three occasions:
# psych::ICC, errors of measurement from aov, and kappa with quadratic weights from psych::cohen.kappa.
# The data are made here and written beside. Run in this folder: Rscript reference.R
suppressMessages({library(psych); library(jsonlite)})
set.seed(20250101)
n <- 90
trait <- rnorm(n) + rnorm(18, 0, 0.4)[rep(1:18, each = 5)]
answer <- function(shift) sapply(1:3, function(i) {
  sign <- if (i == 3) -1 else 1  # the third item is worded the other way round
  value <- pmin(pmax(round(3 + sign * (0.9 * trait + shift) + rnorm(n, 0, 0.8)), 1), 5)
  value[sample(n, 3)] <- NA
  value
})
waves <- lapply(c(0, 0.2, 0.5), answer)
data <- do.call(rbind, lapply(1:3, function(w) data.frame(
  wave = w, person = sprintf("p%02d", 1:n), community = sprintf("c%02d", rep(1:18, each = 5)), waves[[w]])))
names(data)[4:6] <- c("t1", "t2", "t3")
data <- data[!(data$wave == 3 & data$person > "p70"), ]  # some took part twice only
write.csv(data, "answers.csv", row.names = FALSE, na = "")
data$t3 <- 6 - data$t3
data$trust <- rowMeans(data[c("t1", "t2", "t3")], na.rm = TRUE)
data$trust[rowMeans(!is.na(data[c("t1", "t2", "t3")])) < 0.5] <- NA
analyse <- function(name, occasions) {
  wide <- sapply(occasions, function(w) {
    part <- data[data$wave == w, ]
    part[[name]][match(sprintf("p%02d", 1:n), part$person)]
  })
  wide <- wide[complete.cases(wide), ]
  icc <- ICC(wide, lmer = FALSE)$results
  single <- icc[icc$type %in% c("ICC2", "ICC3"), ]
  long <- data.frame(value = c(wide), subject = factor(rep(seq_len(nrow(wide)), length(occasions))),
                     time = factor(rep(occasions, each = nrow(wide))))
  table <- anova(aov(value ~ subject + time, long))
  mse <- table["Residuals", "Mean Sq"]
  error <- sqrt(max((table["time", "Mean Sq"] - mse) / nrow(wide), 0) + mse)
  result <- list(n = nrow(wide), n_occasions = length(occasions),
    icc_agreement = single$ICC[1], agreement_conf_low = single[["lower bound"]][1],
    agreement_conf_high = single[["upper bound"]][1], icc_consistency = single$ICC[2],
    consistency_conf_low = single[["lower bound"]][2], consistency_conf_high = single[["upper bound"]][2],
    error_of_measurement_agreement = error, error_of_measurement_consistency = sqrt(mse),
    smallest_detectable_change = 1.96 * sqrt(2) * error)
  kappa <- if (name != "trust" && length(occasions) == 2) cohen.kappa(wide)$weighted.kappa
  list(values = result, kappa = kappa)
}
names <- c("trust", "t1", "t2", "t3")
write(toJSON(list(R = R.version.string, psych = as.character(packageVersion("psych")),
                  two = sapply(names, analyse, 1:2, simplify = FALSE),
                  three = sapply(names, analyse, 1:3, simplify = FALSE)),
             digits = NA, auto_unbox = TRUE, pretty = TRUE, null = "null"), "reference.json")
