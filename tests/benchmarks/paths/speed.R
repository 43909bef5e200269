# Rscript speed.R FILE: the path model of `speed.py` by WLSMV in lavaan; prints one line of JSON.
suppressMessages({ library(jsonlite); library(lavaan) })
options(mc.cores = 1)
data <- read.csv(commandArgs(TRUE)[1])
names <- colnames(data)
model <- "
  a =~ a1 + a2 + a3 + a4
  b =~ b1 + b2 + b3 + b4
  c =~ c1 + c2 + c3 + c4
  b ~ ab*a
  c ~ bc*b + a
  y ~ cy*c + b + a
  abc := ab*bc
  abcy := ab*bc*cy"

seconds <- c()
while (length(seconds) < 5 && sum(seconds) < 20) {
  taken <- system.time(result <- sem(model, data, ordered = names, estimator = "WLSMV"))
  seconds <- c(seconds, taken[["elapsed"]])
}

table <- parameterEstimates(result)
paths <- table[table$op == "~", ]
paths <- paths[order(paths$lhs, paths$rhs), ]
indirect <- table[table$op == ":=", ]
cat(toJSON(list(
  version = paste0("R ", getRversion(), ", lavaan ", packageVersion("lavaan")),
  seconds = min(seconds), runs = length(seconds),
  values = list(
    paths = paths$est, errors = paths$se,
    indirect = indirect$est, indirect_errors = indirect$se,
    test = unname(fitMeasures(result, "chisq.scaled"))
  )
), auto_unbox = TRUE, digits = NA))
