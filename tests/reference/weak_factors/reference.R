# Reference values of models of weak factors from lavaan. Run in this folder, after make_data.py:
# Rscript reference.R
suppressMessages({library(lavaan); library(jsonlite)})
answers <- read.csv("answers.csv")

fitted <- function(case) {
  data <- answers[answers$case == case, setdiff(names(answers), "case")]
  data <- data[, colSums(!is.na(data)) > 0]
  items <- names(data)
  model <- paste("a =~", paste(items[startsWith(items, "a")], collapse = " + "), "\n",
                 "b =~", paste(items[startsWith(items, "b")], collapse = " + "))
  ordinal <- case %% 4 == 3
  fit <- suppressWarnings(cfa(model, data, ordered = ordinal,
                              estimator = if (ordinal) "WLSMV" else "ML"))
  stopifnot(lavInspect(fit, "converged"))
  table <- parameterEstimates(fit)
  table <- table[table$op == "=~" | (table$op == "~~" & !(ordinal & table$lhs %in% items)), ]
  list(ordinal = ordinal, items = items, chisq = unname(fitMeasures(fit, "chisq")),
       terms = paste(table$lhs, table$op, table$rhs), estimates = table$est)
}

cases <- unique(answers$case)
write_json(lapply(setNames(cases, cases), fitted), "reference.json", digits = 10,
           auto_unbox = TRUE, pretty = TRUE)
