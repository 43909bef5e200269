# Reference values of the structure after measurement (local SAM, one measurement block, two-step
# standard errors) from lavaan. Run in this folder, after make_data.py: Rscript sam.R
suppressMessages({library(lavaan); library(jsonlite)})
continuous <- read.csv("continuous.csv")
measured <- "a =~ a1 + a2 + a3 + a4
             b =~ b1 + b2 + b3 + b4
             c =~ c1 + c2 + c3 + c4"
structure <- function(paths) {
  fit <- sam(paste(measured, paths, sep = "\n"), continuous, se = "twostep", mm.list = list(c("a", "b", "c")))
  table <- data.frame(parameterEstimates(fit))
  alike <- standardizedSolution(fit)
  known <- match(paste(table$lhs, table$op, table$rhs), paste(alike$lhs, alike$op, alike$rhs))
  table[c("standardised", "standardised_std_error")] <- alike[known, c("est.std", "se")]
  table$r_squared <- ifelse(table$op == "~", lavInspect(fit, "r2")[table$lhs], NA)
  table <- table[table$lhs %in% c("a", "b", "c") & table$op %in% c("~", "~~"), ]
  lapply(as.list(table[c("lhs", "op", "rhs", "est", "se", "standardised", "standardised_std_error", "r_squared")]), function(x) if (is.numeric(x)) signif(x, 11) else x)
}
cases <- list(saturated = structure("b ~ a\nc ~ b + a"), chain = structure("b ~ a\nc ~ b"),
              both = structure("b ~ a\nc ~ a"))
write(toJSON(list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")), cases = cases),
             digits = NA, auto_unbox = TRUE), "sam.json")
