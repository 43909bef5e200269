# Reference values of HTMT, average variance extracted and factor correlations from semTools and lavaan,
# and of the marker technique by its formula, on the personality items shipped with the project.
# Run in this folder: Rscript reference.R
suppressMessages({library(lavaan); library(semTools); library(psych); library(jsonlite)})
data <- read.csv("../../../data/raw/bfi/bfi.csv")
for (item in c("A1", "C4", "C5", "E1", "E2", "O2", "O5")) data[[item]] <- 7 - data[[item]]
scales <- c("A", "C", "E", "N", "O")
items <- unlist(lapply(scales, paste0, 1:5))
complete <- na.omit(data[items])
model <- paste(sapply(scales, function(s) paste(s, "=~", paste0(s, 1:5, collapse = " + "))), collapse = "\n")
lower <- function(matrix) unname(matrix[lower.tri(matrix)])
classic <- unclass(htmt(model, complete, htmt2 = FALSE))
geometric <- unclass(htmt(model, complete, htmt2 = TRUE))
fit <- cfa(model, complete, std.lv = TRUE, ordered = items, estimator = "WLSMV")
loadings <- rowSums(lavInspect(fit, "std")$lambda)
phi <- lavInspect(fit, "cor.lv")
# Minimum residuals on the pairwise correlations of all items, one factor.
one <- fa(cor(data[items], use = "pairwise"), nfactors = 1, fm = "minres")
marker <- 0.05; r <- 0.30; n <- 400
adjusted <- (r - marker) / (1 - marker)
statistic <- adjusted / sqrt((1 - adjusted^2) / (n - 3))
result <- list(
  R = R.version.string, lavaan = as.character(packageVersion("lavaan")),
  semTools = as.character(packageVersion("semTools")), psych = as.character(packageVersion("psych")),
  scales = scales, n = nrow(complete),
  htmt = lower(classic), htmt2 = lower(geometric), latent = lower(phi),
  loadings = unname(loadings), ave = unname(as.numeric(AVE(fit))),
  single_factor = sum(one$loadings^2) / 25,
  marker = list(adjusted = adjusted, statistic = statistic, p_value = 2 * pt(-abs(statistic), n - 3)))
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
