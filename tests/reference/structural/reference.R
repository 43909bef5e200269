# Reference values of structural models from lavaan. Run in this folder, after make_data.py:
# Rscript reference.R
suppressMessages({library(lavaan); library(jsonlite)})
continuous <- read.csv("continuous.csv")
gaps <- read.csv("gaps.csv")
ordinal <- read.csv("ordinal.csv")
measured <- "a =~ a1 + a2 + a3 + a4
             b =~ b1 + b2 + b3 + b4
             c =~ c1 + c2 + c3 + c4"
process <- paste(measured, "a ~ p1*x1 + x2
                            b ~ p2*a + x1
                            c ~ p3*b + p4*a + x2
                            y ~ p5*c + b + p6*x1
                            z ~ a + y", sep = "\n")
effects <- "along := p1*p2*p3
            short := p1*p4
            difference := p1*p2*p3 - p1*p4
            share := p1*p4 / (p1*(p4 + p2*p3))"
# In the manner of Bollen's industrialisation and democracy: errors of like items covary.
democracy <- paste(measured, "b ~ p1*a
                              c ~ p2*b + p3*a
                              b1 ~~ c1
                              b2 ~~ c2 + b4
                              b3 ~~ c3
                              b4 ~~ c4
                              c2 ~~ c4", sep = "\n")
democracy_effects <- "indirect := p1*p2
                      total := p3 + p1*p2"
observed <- "y ~ p1*c1 + p2*x1 + x2
             c1 ~ p3*x1 + x2"
observed_effects <- "indirect := p3*p1
                     total := p2 + p3*p1"
both_ways <- "y ~ p1*z + x1
              z ~ p2*y + x2
              y ~~ z"
constrained <- paste(measured, "b ~ p*a
                                c ~ p*b + 0.4*a
                                y + z ~ c", sep = "\n")
correlated <- paste(measured, "c ~ a + b
                               y ~ c
                               a ~~ 0*b
                               a ~~ y", sep = "\n")
second <- paste(measured, "g =~ a + b + c
                           y ~ g + x1
                           g ~ x1 + x2", sep = "\n")
chain <- paste(measured, "b ~ p1*a
                          c ~ p2*b + p3*a", sep = "\n")
chain_effects <- "indirect := p1*p2
                  total := p3 + p1*p2"
plain <- paste(measured, "b ~ a
                          c ~ b + a", sep = "\n")
binary <- paste(measured, "b ~ p1*a
                           c ~ p2*b + p3*a
                           y ~ p4*c + b
                           w ~ c", sep = "\n")
binary_effects <- "indirect := p1*p2*p4"
mediator <- paste(measured, "b ~ p1*a
                             m ~ p2*b + a
                             y ~ p3*m + c", sep = "\n")
mediator_effects <- "indirect := p1*p2*p3"

step <- function(fit) {
  slope <- lavInspect(fit, "gradient")
  curvature <- unclass(lavTech(fit, "information.expected"))
  basis <- if (fit@Model@eq.constraints) fit@Model@eq.constraints.K else diag(length(slope))
  as.vector(-basis %*% solve(t(basis) %*% curvature %*% basis, t(basis) %*% slope))
}
# A tight search, then Newton steps, so that digits compare. A table given as the model keeps
# predictors fixed; one given as starting values would free them.
tight <- function(model, data, ..., steps = 3) {
  options <- list(data = data, em.h1.tol = 1e-11, em.h1.iter.max = 20000L, optim.force.converged = TRUE, ...)
  search <- list(control = list(eval.max = 50000L, iter.max = 20000L, rel.tol = 1e-14))
  fit <- do.call("sem", c(list(model = model), options, search, se = "none", test = "none"))
  options$group.equal <- NULL
  for (again in seq_len(steps)) {
    table <- parTable(fit)
    free <- table$free > 0
    estimates <- table$est[match(seq_len(max(table$free)), table$free)] + step(fit)
    table$ustart <- table$est
    table$ustart[free] <- estimates[table$free[free]]
    table$est <- table$se <- table$start <- NULL
    fit <- do.call("lavaan", c(list(model = table), options, list(optim.method = "none", fixed.x = TRUE),
                               if (again < steps) list(se = "none", test = "none")))
  }
  fit
}
round_all <- function(frame) lapply(as.list(frame), function(x) if (is.numeric(x)) signif(x, 11) else x)
describe <- function(fit) {
  estimates <- parameterEstimates(fit)
  standard <- standardizedSolution(fit)
  stopifnot(nrow(estimates) == nrow(standard))
  measures <- fitMeasures(fit)
  shares <- lavInspect(fit, "rsquare")
  list(parameters = round_all(data.frame(
         lhs = estimates$lhs, op = estimates$op, rhs = estimates$rhs,
         group = if (is.null(estimates$group)) 1 else estimates$group,
         estimate = estimates$est, std_error = estimates$se, statistic = estimates$z,
         p_value = estimates$pvalue, conf_low = estimates$ci.lower, conf_high = estimates$ci.upper,
         standardised = standard$est.std, standardised_std_error = standard$se)),
       explained = lapply(if (is.list(shares)) shares else list(shares), as.list),
       fit = as.list(signif(unclass(measures[!is.na(measures)]), 11)))
}
cases <- list()
case <- function(name, model, effects, data, ...) {
  fit <- suppressWarnings(tight(paste(model, effects, sep = "\n"), data, ...))
  stopifnot(lavInspect(fit, "converged"))
  cases[[name]] <<- describe(fit)
  message(name)
}
case("process_ml", process, effects, continuous, estimator = "ML")
case("process_mlr", process, effects, continuous, estimator = "MLR")
case("process_mlr_cluster", process, effects, continuous, estimator = "MLR", cluster = "community")
case("process_fiml", process, effects, gaps, estimator = "ML", missing = "fiml")
case("process_fiml_mlr", process, effects, gaps, estimator = "MLR", missing = "fiml")
case("process_fiml_cluster", process, effects, gaps, estimator = "MLR", missing = "fiml", cluster = "community")
case("democracy_ml", democracy, democracy_effects, continuous, estimator = "ML")
case("democracy_mlr", democracy, democracy_effects, continuous, estimator = "MLR")
case("democracy_fiml", democracy, democracy_effects, gaps, estimator = "MLR", missing = "fiml")
case("observed_ml", observed, observed_effects, continuous, estimator = "ML")
case("observed_means", observed, observed_effects, continuous, estimator = "ML", meanstructure = TRUE)
case("both_ways", both_ways, "", continuous, estimator = "ML")
case("constrained", constrained, "", continuous, estimator = "MLR")
case("correlated", correlated, "", continuous, estimator = "ML")
case("second", second, "", continuous, estimator = "ML")
case("groups_ml", plain, "", continuous, estimator = "ML", group = "group", group.label = c("one", "two"), meanstructure = TRUE)
case("groups_equal", plain, "", continuous, estimator = "MLR", group = "group", group.label = c("one", "two"),
     group.equal = c("loadings"), meanstructure = TRUE)
categories <- function(name, ..., items) case(name, ..., ordinal, estimator = "WLSMV", ordered = items)
items <- c(outer(c("a", "b", "c"), 1:4, paste0))
categories("chain_wlsmv", chain, chain_effects, items = items)
categories("binary_wlsmv", binary, binary_effects, items = c(items, "y", "w"))
categories("mediator_wlsmv", mediator, mediator_effects, parameterization = "theta", items = c(items, "m", "y"))
result <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")), cases = cases)
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
