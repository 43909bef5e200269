# Reference values of score tests of regressions and covariances that a structural model leaves out,
# from lavaan. Run in this folder, after make_data.py: Rscript modifications.R
suppressMessages({library(lavaan); library(jsonlite)})
continuous <- read.csv("continuous.csv")
ordinal <- read.csv("ordinal.csv")
gaps <- read.csv("gaps.csv")
measured <- "a =~ a1 + a2 + a3 + a4
             b =~ b1 + b2 + b3 + b4
             c =~ c1 + c2 + c3 + c4"
told <- function(fit) {
  found <- data.frame(modindices(fit))
  found <- found[found$op %in% c("~", "~~"), intersect(names(found), c("lhs", "op", "rhs", "mi", "mi.scaled", "sepc.all"))]
  lapply(as.list(found), function(x) if (is.numeric(x)) signif(x, 11) else x)
}
# `modindices` knows no `sam`: the second step, fitted to the factors' covariances of the first.
after <- function(paths) {
  step <- cfa(measured, continuous)
  told(sem(paths, sample.cov = lavInspect(step, "cov.lv"), sample.nobs = nobs(step), sample.cov.rescale = FALSE))
}
process <- paste(measured, "b ~ a + x1\nc ~ b\ny ~ c + x1", sep = "\n")
chain <- paste(measured, "b ~ a\nc ~ b", sep = "\n")
cases <- list(sam_chain = after("b ~ a\nc ~ b"),
              ml = told(sem(process, continuous, estimator = "ML")),
              mlr = told(sem(process, continuous, estimator = "MLR", information = "expected")),
              fiml = told(sem(process, gaps, estimator = "MLR", missing = "ml", information = "expected")),
              wlsmv = told(sem(chain, ordinal, ordered = TRUE, estimator = "WLSMV")))
write(toJSON(list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")), cases = cases,
                  n = nrow(ordinal)), digits = NA, auto_unbox = TRUE), "modifications.json")
