# Reference values of scale reliability from psych, on the personality items shipped with the project.
# Run in this folder: Rscript reference.R
suppressMessages({library(psych); library(jsonlite)})
data <- read.csv("../../../data/raw/bfi/bfi.csv")
reversed <- c("A1", "C4", "C5", "E1", "E2", "O2", "O5")
result <- list(R = R.version.string, psych = as.character(packageVersion("psych")))
for (scale in c("A", "C", "E", "N", "O")) {
  items <- paste0(scale, 1:5)
  keyed <- data[items]
  for (item in intersect(items, reversed)) keyed[[item]] <- 7 - keyed[[item]]
  complete <- na.omit(keyed)
  fit <- suppressWarnings(psych::alpha(complete))
  alpha <- fit$total$raw_alpha
  n <- nrow(complete); k <- ncol(complete)
  feldt <- 1 - (1 - alpha) * qf(c(0.975, 0.025), n - 1, (n - 1) * (k - 1))
  result[[scale]] <- list(
    n = n, alpha = alpha, conf_low = feldt[1], conf_high = feldt[2], mean_r = fit$total$average_r,
    item_rest = unname(fit$item.stats$r.drop), alpha_if_dropped = unname(fit$alpha.drop$raw_alpha),
    mean = unname(colMeans(keyed, na.rm = TRUE)), sd = unname(sapply(keyed, sd, na.rm = TRUE)),
    floor = unname(colMeans(keyed == 1, na.rm = TRUE)), ceiling = unname(colMeans(keyed == 6, na.rm = TRUE)),
    missing = unname(colMeans(is.na(keyed))), answered = unname(colSums(!is.na(keyed))))
}
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
