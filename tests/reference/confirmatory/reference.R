# Reference values of confirmatory factor analysis from lavaan, on the personality items shipped with
# the project. Run in this folder: Rscript reference.R
suppressMessages({library(lavaan); library(jsonlite)})
data <- read.csv("../../../data/raw/bfi/bfi.csv")
scales <- c("A", "C", "E", "N", "O")
items <- as.vector(outer(1:5, scales, function(i, s) paste0(s, i)))
five <- paste(sapply(scales, function(s) paste0(s, " =~ ", paste0(s, 1:5, collapse = " + "))), collapse = "\n")
two <- "A =~ A1 + A2 + A3 + A4 + A5
        N =~ N1 + N2 + N3 + N4 + N5"
raised <- "A =~ A1 + A2 + A3 + A4 + A5
           C =~ C1 + C2 + C3 + C4 + C5
           E =~ E1 + E2 + E3 + E4 + E5
           G =~ A + C + E"
extras <- "A =~ A1 + l*A2 + l*A3 + A4 + A5
           N =~ N1 + N2 + N3 + 0.9*N4 + N5
           N1 ~~ N2
           A1 ~~ N5"
method <- "C =~ C1 + C2 + C3 + C4 + C5
           E =~ E1 + E2 + E3 + E4 + E5
           M =~ 1*C1 + 1*C2 + 1*C3 + 1*C4 + 1*C5 + 1*E1 + 1*E2 + 1*E3 + 1*E4 + 1*E5
           M ~~ 0*C
           M ~~ 0*E"
crossed <- "A =~ A1 + A2 + A3 + A4 + A5 + E4
            E =~ E1 + E2 + E3 + E4 + E5"

# A second search from the first one's end, and a tighter EM algorithm, so that digits compare.
tight <- function(model, data, ...) {
  options <- list(model = model, data = data, em.h1.tol = 1e-10, em.h1.iter.max = 5000L, ...)
  first <- do.call("cfa", c(options, se = "none", test = "none"))
  do.call("cfa", c(options, list(start = first)))
}
describe <- function(fit) {
  estimates <- parameterEstimates(fit)
  standard <- standardizedSolution(fit)
  measures <- fitMeasures(fit)
  measures <- measures[!is.na(measures)]
  list(parameters = data.frame(
         lhs = estimates$lhs, op = estimates$op, rhs = estimates$rhs,
         group = if (is.null(estimates$block)) 1 else estimates$block,
         estimate = estimates$est, std_error = estimates$se, p_value = estimates$pvalue,
         conf_low = estimates$ci.lower, conf_high = estimates$ci.upper,
         standardised = standard$est.std, standardised_std_error = standard$se),
       fit = as.list(measures))
}
complete <- na.omit(data[c(items, "age")])
cases <- list(
  five_ml = tight(five, complete),
  five_standardised = tight(five, complete, std.lv = TRUE),
  second_order = tight(raised, complete),
  second_order_standardised = tight(raised, complete, std.lv = TRUE),
  extras = tight(extras, complete),
  method = tight(method, complete),
  crossed = tight(crossed, complete),
  orthogonal = tight(two, complete, orthogonal = TRUE),
  fiml = tight(five, data, missing = "fiml"),
  mlr = tight(five, complete, estimator = "MLR"),
  mlr_fiml = tight(five, data, estimator = "MLR", missing = "fiml"),
  mlr_second_order = tight(raised, complete, estimator = "MLR"),
  mlr_cluster = tight(two, complete, estimator = "MLR", cluster = "age"),
  mlr_fiml_cluster = tight(two, data, estimator = "MLR", missing = "fiml", cluster = "age"),
  wlsmv = tight(five, complete, ordered = items, estimator = "WLSMV"),
  wlsmv_standardised = tight(five, complete, ordered = items, estimator = "WLSMV", std.lv = TRUE),
  wlsmv_theta = tight(two, complete, ordered = items, estimator = "WLSMV", parameterization = "theta"),
  wlsmv_second_order = tight(raised, complete, ordered = items, estimator = "WLSMV"),
  wlsmv_extras = tight(extras, complete, ordered = items, estimator = "WLSMV"),
  wlsmv_method = tight(method, complete, ordered = items, estimator = "WLSMV")
)
stopifnot(sapply(cases, lavInspect, "converged"))
result <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")),
               cases = lapply(cases, describe))
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = FALSE), "reference.json")
