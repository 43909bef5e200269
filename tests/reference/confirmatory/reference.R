# Reference values of confirmatory factor analysis from lavaan. Run in this folder, after
# make_data.py: Rscript reference.R
suppressMessages({library(lavaan); library(jsonlite)})
thousand <- read.csv("../polychoric/items_1000.csv")
ten_thousand <- read.csv(gzfile("../polychoric/items_10000.csv.gz"))
incomplete <- read.csv(gzfile("incomplete.csv.gz"))
gaps <- read.csv("gaps.csv")
twelve <- read.csv("twelve.csv")
forty <- names(thousand)
xs <- paste0("x", 1:12)

lines <- function(factors) paste(mapply(function(name, items)
  paste(name, "=~", paste(items, collapse = " + ")), names(factors), factors), collapse = "\n")
five <- lines(setNames(lapply(1:5, function(f) forty[(0:39) %% 5 == f - 1]), paste0("f", 1:5)))
three <- lines(list(a = xs[1:4], b = xs[5:8], c = xs[9:12]))
raised <- paste(three, "g =~ a + b + c", sep = "\n")
extras <- "a =~ x1 + l*x2 + l*x3 + x4
           b =~ x5 + x6 + 0.9*x7 + x8
           c =~ x9 + x10 + x11 + x12
           x1 ~~ x2
           x4 ~~ x9"
method <- paste(three, lines(list(m = paste0("1*", xs))), "m ~~ 0*a + 0*b + 0*c", sep = "\n")
crossed <- "a =~ x1 + x2 + x3 + x4 + x5
            b =~ x5 + x6 + x7 + x8
            c =~ x9 + x10 + x11 + x12"

# Tight searches that start where the last one ended, then Newton steps, so that digits compare. The
# steps take minutes with forty items, which have none.
tight <- function(model, data, ..., steps = 3) {
  options <- list(model = model, data = data, em.h1.tol = 1e-11, em.h1.iter.max = 20000L,
                  optim.force.converged = TRUE, ...)
  search <- list(control = list(eval.max = 50000L, iter.max = 20000L, rel.tol = 1e-14))
  fit <- do.call("cfa", c(options, search, se = "none", test = "none"))
  if (!steps) {
    for (again in 1:2)
      fit <- do.call("cfa", c(options, search, start = list(fit), se = "none", test = "none"))
    return(do.call("cfa", c(options, search, start = list(fit))))
  }
  for (again in seq_len(steps)) {
    estimates <- coef(fit, type = "free") + step(fit)
    table <- parTable(fit)
    table$start[table$free > 0] <- table$est[table$free > 0] <- estimates[table$free[table$free > 0]]
    last <- again == steps
    fit <- do.call("cfa", c(options, list(start = table, optim.method = "none"),
                            if (!last) list(se = "none", test = "none")))
  }
  fit
}
step <- function(fit) {
  slope <- lavInspect(fit, "gradient")
  curvature <- unclass(lavTech(fit, "information.expected"))
  basis <- if (fit@Model@eq.constraints) fit@Model@eq.constraints.K else diag(length(slope))
  as.vector(-basis %*% solve(t(basis) %*% curvature %*% basis, t(basis) %*% slope))
}
round_all <- function(frame) lapply(as.list(frame), function(x) if (is.numeric(x)) signif(x, 11) else x)
describe <- function(fit, indices = FALSE) {
  estimates <- parameterEstimates(fit)
  standard <- standardizedSolution(fit)
  measures <- fitMeasures(fit)
  measures <- measures[!is.na(measures)]
  residuals <- residuals(fit, type = "cor.bollen")
  if (!is.null(residuals$type)) residuals <- list(residuals)
  found <- list(parameters = round_all(data.frame(
         lhs = estimates$lhs, op = estimates$op, rhs = estimates$rhs,
         group = if (is.null(estimates$group)) 1 else estimates$group,
         estimate = estimates$est, std_error = estimates$se, statistic = estimates$z,
         p_value = estimates$pvalue, conf_low = estimates$ci.lower, conf_high = estimates$ci.upper,
         standardised = standard$est.std, standardised_std_error = standard$se)),
       fit = as.list(signif(unclass(measures), 11)),
       residuals = lapply(residuals, function(part) signif(part$cov[lower.tri(part$cov)], 9)),
       items = colnames(residuals[[1]]$cov))
  if (indices) {
    table <- as.data.frame(modindices(fit))
    table <- table[table$op %in% c("=~", "~~") & table$lhs != table$rhs, ]
    if (nrow(table) > 300) table <- table[table$mi > 3.84, ]
    keep <- intersect(c("lhs", "op", "rhs", "group", "mi", "mi.scaled", "epc", "sepc.all"), names(table))
    found$modification <- round_all(table[keep])
  }
  found
}
case <- function(name, model, data, ..., indices = FALSE) {
  started <- proc.time()[["elapsed"]]
  fit <- suppressWarnings(tight(model, data, ...)) # that nlminb cannot improve further
  stopifnot(lavInspect(fit, "converged"))
  result <- describe(fit, indices)
  message(name, " ", round(proc.time()[["elapsed"]] - started, 1), " s")
  cases[[name]] <<- result
}
cases <- list()
case("ml", three, twelve, estimator = "ML", indices = TRUE)
case("ml_standardised", three, twelve, estimator = "ML", std.lv = TRUE)
case("ml_means", three, twelve, estimator = "ML", meanstructure = TRUE)
case("second_order", raised, twelve, estimator = "ML")
case("second_order_standardised", raised, twelve, estimator = "ML", std.lv = TRUE)
case("extras", extras, twelve, estimator = "ML", indices = TRUE)
case("method", method, twelve, estimator = "ML")
case("crossed", crossed, twelve, estimator = "ML")
case("orthogonal", three, twelve, estimator = "ML", orthogonal = TRUE, indices = TRUE)
case("mlr", three, twelve, estimator = "MLR", indices = TRUE)
case("mlr_second_order", raised, twelve, estimator = "MLR")
case("mlr_cluster", three, twelve, estimator = "MLR", cluster = "community")
case("groups_ml", three, twelve, estimator = "ML", group = "group", group.label = 1:2, meanstructure = TRUE)
case("groups_ml_metric", three, twelve, estimator = "ML", group = "group", group.label = 1:2,
     group.equal = "loadings", meanstructure = TRUE, indices = TRUE)
case("groups_mlr_metric", three, twelve, estimator = "MLR", group = "group", group.label = 1:2,
     group.equal = "loadings", meanstructure = TRUE)
ordinal <- function(name, model, data, ..., items = xs)
  case(name, model, data, estimator = "WLSMV", ordered = items, ...)
ordinal("wlsmv", three, twelve, indices = TRUE)
ordinal("wlsmv_standardised", three, twelve, std.lv = TRUE)
ordinal("wlsmv_theta", three, twelve, parameterization = "theta", indices = TRUE)
ordinal("wlsmv_second_order", raised, twelve)
ordinal("wlsmv_extras", extras, twelve, indices = TRUE)
ordinal("wlsmv_extras_theta", extras, twelve, parameterization = "theta")
ordinal("wlsmv_method", method, twelve)
ordinal("wlsmv_crossed", crossed, twelve)
ordinal("wlsmv_groups", three, twelve, group = "group", group.label = 1:2)
ordinal("wlsmv_groups_metric", three, twelve, group = "group", group.label = 1:2, group.equal = "loadings")
case("forty_ml_1000", five, thousand, estimator = "ML", steps = 0)
case("forty_mlr_1000", five, thousand, estimator = "MLR", steps = 0)
case("forty_ml_10000", five, ten_thousand, estimator = "ML", steps = 0)
case("forty_mlr_10000", five, ten_thousand, estimator = "MLR", steps = 0)
case("fiml", three, gaps, estimator = "ML", missing = "fiml", indices = TRUE)
case("fiml_mlr", three, gaps, estimator = "MLR", missing = "fiml")
case("fiml_cluster", three, gaps, estimator = "MLR", missing = "fiml", cluster = "community")
case("fiml_groups", three, gaps, estimator = "MLR", missing = "fiml", group = "group", group.label = 1:2)
ordinal("pairwise", three, gaps, missing = "pairwise")
ordinal("forty_wlsmv_1000", five, thousand, items = forty, indices = TRUE, steps = 0)
ordinal("forty_wlsmv_theta", five, thousand, items = forty, parameterization = "theta", steps = 0)
ordinal("forty_wlsmv_10000", five, ten_thousand, items = forty, steps = 0)
ordinal("forty_wlsmv_pairwise", five, incomplete, items = forty, missing = "pairwise", steps = 0)

# Differences between nested models.
one <- lines(list(a = xs))
joined <- lines(list(a = xs[1:8], c = xs[9:12]))
difference <- function(name, narrow, wide, methods, ...) {
  fits <- suppressWarnings(list(tight(wide, ...), tight(narrow, ...)))
  found <- lapply(methods, function(method) {
    table <- suppressWarnings(lavTestLRT(fits[[1]], fits[[2]], method = method))
    list(statistic = signif(table[2, "Chisq diff"], 11), df = table[2, "Df diff"],
         p_value = signif(table[2, "Pr(>Chisq)"], 11))
  })
  differences[[name]] <<- setNames(found, methods)
  message(name)
}
differences <- list()
robust <- c("satorra.bentler.2001", "satorra.bentler.2010")
shifted <- "satorra.2000"
difference("ml_joined", joined, three, "default", twelve, estimator = "ML")
difference("mlr_joined", joined, three, robust, twelve, estimator = "MLR")
difference("mlr_one", one, three, robust, twelve, estimator = "MLR")
difference("mlr_crossed", three, crossed, robust, twelve, estimator = "MLR")
difference("mlr_method", three, method, robust, twelve, estimator = "MLR")
difference("fiml_joined", joined, three, robust[1], gaps, estimator = "MLR", missing = "fiml")
difference("cluster_joined", joined, three, robust[1], twelve, estimator = "MLR", cluster = "community")
ordered <- function(name, narrow, wide, ...)
  difference(name, narrow, wide, shifted, ..., estimator = "WLSMV", ordered = xs)
ordered("wlsmv_joined", joined, three, twelve)
ordered("wlsmv_one", one, three, twelve)
ordered("wlsmv_crossed", three, crossed, twelve)
ordered("wlsmv_method", three, method, twelve)
ordered("pairwise_joined", joined, three, gaps, missing = "pairwise")
grouped <- function(name, estimator, methods, ...) {
  options <- list(model = three, data = twelve, estimator = estimator, group = "group", group.label = 1:2, ...)
  fits <- suppressWarnings(list(do.call(tight, options), do.call(tight, c(options, group.equal = "loadings"))))
  found <- lapply(methods, function(method) {
    table <- suppressWarnings(lavTestLRT(fits[[1]], fits[[2]], method = method))
    list(statistic = signif(table[2, "Chisq diff"], 11), df = table[2, "Df diff"],
         p_value = signif(table[2, "Pr(>Chisq)"], 11))
  })
  differences[[name]] <<- setNames(found, methods)
}
grouped("groups_mlr_metric", "MLR", robust, meanstructure = TRUE)
grouped("groups_wlsmv_metric", "WLSMV", shifted, ordered = xs)
result <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")), cases = cases, differences = differences)
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = FALSE), "reference.json")
