# Rscript speed.R PACKAGE TASK FILE: what `speed.py` measures, in R; prints one line of JSON.
suppressMessages(library(jsonlite))
arguments <- commandArgs(TRUE)
package <- arguments[1]
task <- arguments[2]
suppressMessages(library(package, character.only = TRUE))
options(mc.cores = 1)

factors <- 5
each <- 8
file <- arguments[3]
answers <- matrix(readBin(file, "integer", file.size(file), size = 1), ncol = factors * each)
names <- paste0("f", rep(1:factors, each = each), "_", 1:each)
data <- setNames(as.data.frame(answers), names)
rm(answers)
model <- paste0("f", 1:factors, " =~ ",
                tapply(names, rep(1:factors, each = each), paste, collapse = " + "),
                collapse = "\n")

compute <- switch(paste(package, task),
  "psych polychoric" = function() psych::polychoric(data, correct = 0, smooth = FALSE),
  "lavaan polychoric" = function() lavaan::lavCor(data, ordered = names, output = "fit"),
  "lavaan WLSMV" = function() lavaan::cfa(model, data, ordered = names, estimator = "WLSMV"),
  "lavaan ML" = function() lavaan::cfa(model, data)
)

walls <- processors <- c()
while (length(walls) < 5 && sum(walls) < 20) {
  taken <- system.time(result <- suppressWarnings(compute()))
  walls <- c(walls, taken[["elapsed"]])
  processors <- c(processors, sum(taken[c(1, 2, 4, 5)], na.rm = TRUE))
}

lower <- function(matrix) matrix[lower.tri(matrix)]
values <- if (package == "psych") {
  list(correlations = lower(result$rho), thresholds = as.vector(t(result$tau)))
} else if (task == "polychoric") {
  sample <- lavInspect(result, "sampstat")
  list(correlations = lower(sample$cov), thresholds = as.vector(sample$th))
} else {
  table <- subset(parameterEstimates(result), op == "=~" | (op == "~~" & lhs != rhs))
  table$kind <- ifelse(table$op == "=~", "loading", "covariance")
  table <- table[order(table$kind, table$lhs, table$rhs), ]
  test <- if (task == "WLSMV") "chisq.scaled" else "chisq"
  list(estimates = table$est, standard_errors = table$se,
       test = unname(fitMeasures(result, test)))
}
peak <- grep("VmHWM", readLines("/proc/self/status"), value = TRUE)
cat(toJSON(list(
  version = paste0("R ", getRversion(), ", ", package, " ", packageVersion(package)),
  seconds = min(walls), processor = min(processors), runs = length(walls),
  peak = as.numeric(gsub("\\D", "", peak)) / 1e6, values = values
), auto_unbox = TRUE, digits = NA))
