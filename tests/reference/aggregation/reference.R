# Reference values of ICC(1), ICC(2), r_wg(j) and test-retest ICCs from psych, aov and the published
# formulas. The data are made here and written beside. Run in this folder: Rscript reference.R
suppressMessages({library(psych); library(jsonlite)})
set.seed(20250101)
sizes <- c(4, 9, 12, 6, 15, 8, 10, 3, 7, 11, 5, 14)
answers <- function(sizes, items) {
  cluster <- rep(seq_along(sizes), sizes)
  trait <- rnorm(length(sizes), 0, 0.5)[cluster] + rnorm(length(cluster), 0, 0.6)
  values <- sapply(seq_len(items), function(i) trait + rnorm(length(cluster), 0, 0.6))
  data.frame(cluster = sprintf("c%02d", cluster), pmin(pmax(round(3.2 + values), 1), 5))
}
unequal <- answers(sizes, 4)
equal <- answers(rep(8, 10), 4)
write.csv(unequal, "unequal.csv", row.names = FALSE)
write.csv(equal, "equal.csv", row.names = FALSE)
analyse <- function(data) {
  data$score <- rowMeans(data[2:5])
  table <- anova(aov(score ~ cluster, data))
  ms <- table[["Mean Sq"]]; df <- table$Df
  n <- as.numeric(table(data$cluster)); N <- sum(n); J <- length(n)
  n0 <- (N - sum(n^2) / N) / (J - 1)
  F <- ms[1] / ms[2]
  bound <- function(F) (F - 1) / (F + n0 - 1)
  ratio <- sapply(split(data[2:5], data$cluster), function(x) mean(apply(x, 2, var)) / 2)
  one <- sapply(split(data[[2]], data$cluster), function(x) var(x) / 2)
  list(size = n0, variance_between = (ms[1] - ms[2]) / n0, variance_within = ms[2],
       icc_1 = (ms[1] - ms[2]) / (ms[1] + (n0 - 1) * ms[2]), icc_2 = (ms[1] - ms[2]) / ms[1],
       conf_low = bound(F / qf(0.975, df[1], df[2])), conf_high = bound(F / qf(0.025, df[1], df[2])),
       statistic = F, df = df[1], df_error = df[2], p_value = table[["Pr(>F)"]][1],
       rwg_j = unname(ifelse(ratio < 1, 4 * (1 - ratio) / (4 * (1 - ratio) + ratio), 0)),
       rwg = unname(ifelse(one < 1, 1 - one, 0)))
}
stats <- statsBy(data.frame(equal, score = rowMeans(equal[2:5])), "cluster")
subjects <- rnorm(30, 0, 1)
occasions <- data.frame(first = round(subjects + rnorm(30, 0, 0.6), 3),
                        second = round(subjects + 0.3 + rnorm(30, 0, 0.6), 3))
write.csv(occasions, "occasions.csv", row.names = FALSE)
icc <- ICC(occasions, lmer = FALSE)$results
single <- icc[icc$type %in% c("ICC2", "ICC3"), ]
table <- anova(aov(value ~ subject + time, data.frame(
  value = c(occasions$first, occasions$second), subject = factor(rep(1:30, 2)), time = factor(rep(1:2, each = 30)))))
mse <- table["Residuals", "Mean Sq"]
agreement <- sqrt(max((table["time", "Mean Sq"] - mse) / 30, 0) + mse)
result <- list(
  R = R.version.string, psych = as.character(packageVersion("psych")),
  unequal = analyse(unequal), equal = analyse(equal),
  psych_equal = list(icc_1 = unname(stats$ICC1["score"]), icc_2 = unname(stats$ICC2["score"]),
                     F = unname(stats$F["score"])),
  retest = list(icc_agreement = single$ICC[1], agreement_conf_low = single[["lower bound"]][1],
                agreement_conf_high = single[["upper bound"]][1], icc_consistency = single$ICC[2],
                consistency_conf_low = single[["lower bound"]][2],
                consistency_conf_high = single[["upper bound"]][2],
                error_of_measurement_agreement = agreement, error_of_measurement_consistency = sqrt(mse),
                smallest_detectable_change = 1.96 * sqrt(2) * agreement))
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
