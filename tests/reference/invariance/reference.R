# Reference values of measurement invariance from lavaan and semTools: each step of the ladder and each
# step with releases. Run in this folder, after make_data.py: Rscript reference.R
suppressMessages({library(lavaan); library(semTools); library(jsonlite)})
items <- read.csv("items.csv")
large <- items[items$group < 3, ]
mixed <- read.csv("mixed.csv")
nested <- read.csv("nested.csv")
behind <- function(letter) paste0("a =~ ", paste0(letter, 1:4, collapse = " + "),
                                  "\nb =~ ", paste0(letter, 5:8, collapse = " + "))
round_all <- function(frame) lapply(as.list(frame), function(x) if (is.numeric(x)) signif(x, 12) else x)

# A search that starts where the last one ended, so that digits compare.
tight <- function(syntax, data, ...) {
  options <- list(model = syntax, data = data, group = "group", group.label = sort(unique(data$group)), ...)
  fit <- do.call("lavaan", c(options, se = "none", test = "none"))
  for (again in 1:2) fit <- do.call("lavaan", c(options, start = list(fit), se = "none", test = "none"))
  do.call("lavaan", c(options, start = list(fit)))
}
describe <- function(fit, before, terms) {
  estimates <- parameterEstimates(fit)
  measures <- fitMeasures(fit)
  found <- list(
    parameters = round_all(data.frame(
      lhs = estimates$lhs, op = estimates$op, rhs = estimates$rhs, group = estimates$group,
      estimate = estimates$est, std_error = estimates$se, statistic = estimates$z, p_value = estimates$pvalue,
      conf_low = estimates$ci.lower, conf_high = estimates$ci.upper)),
    fit = as.list(signif(unclass(measures[!is.na(measures)]), 12)))
  corrected <- lavInspect(fit, "test")$scaled.shifted
  if (!is.null(corrected)) {
    found$fit$shift <- signif(unname(corrected$shift.parameter), 12)
    found$fit$baseline_shift <- signif(unname(fit@baseline$test$scaled.shifted$shift.parameter), 12)
  }
  if (!is.null(before)) {
    test <- suppressWarnings(lavTestLRT(before, fit))
    found$difference <- list(chisq = signif(test[2, "Chisq diff"], 12), df = test[2, "Df diff"],
                             p_value = signif(test[2, "Pr(>Chisq)"], 12))
  }
  if (length(terms)) found$scores <- scores(fit, terms)
  found
}
# Standard errors and scaling from lavaan's scores of all groups, summed within clusters that may reach
# across groups, as lavaan sums them within groups only; each group's by sqrt(J / (J - 1)) of its J clusters.
stacked <- function(fit, data, cluster) {
  K <- if (fit@Model@eq.constraints) fit@Model@eq.constraints.K else diag(length(coef(fit)))
  rows <- lavScores(fit, ignore.constraints = TRUE, remove.duplicated = FALSE) %*% K
  J <- ave(data[[cluster]], data$group, FUN = function(inside) length(unique(inside)))
  meat <- crossprod(rowsum(rows * sqrt(J / (J - 1)), data[[cluster]]))
  bread <- solve(t(K) %*% (nobs(fit) * lavTech(fit, "information.observed")) %*% K)
  measures <- fitMeasures(fit)
  # Parameters of the saturated model belong to one group each: its trace needs no more than lavaan's.
  saturated <- measures[["scaling.factor.h1"]] * (measures[["df"]] + ncol(K))
  error <- rep(0, nrow(parTable(fit)))
  table <- parTable(fit)
  error[table$free > 0] <- sqrt(diag(K %*% bread %*% meat %*% bread %*% t(K)))[table$free[table$free > 0]]
  shown <- table$op != "=="
  list(std_error = signif(error[shown], 12), scaling = (saturated - sum(diag(bread %*% meat))) / measures[["df"]])
}
# Score tests of setting a term free in every group: equalities are released, fixed values added.
scores <- function(fit, terms) {
  table <- parTable(fit)
  result <- list()
  for (term in terms) {
    rows <- table[table$lhs == term[1] & table$op == term[2] & table$rhs == term[3], ]
    name <- paste(term[1], term[2], if (term[2] == "~1") "" else term[3])
    if (all(rows$free > 0)) {
      equal <- which(table$op[table$op == "=="] == "==" & table$rhs[table$op == "=="] %in% rows$plabel)
      result[[name]] <- suppressWarnings(lavTestScore(fit, release = equal))$test$X2
    } else {
      found <- suppressWarnings(modindices(fit, sort. = FALSE))
      found <- found[found$lhs == term[1] & found$op == term[2] & found$rhs == term[3] & found$group == 2, ]
      result[[name]] <- found$mi
    }
  }
  lapply(result, signif, 12)
}
ladder <- function(letter, data, steps, released, categories = NULL, binary = NULL, ...) {
  ordered <- if (is.null(categories)) NULL else paste0(letter, 1:8)
  result <- list()
  before <- NULL
  gone <- character(0)
  for (step in names(steps)) for (partial in c(FALSE, TRUE)) {
    if (partial && is.null(released[[step]])) next
    if (partial) gone <- c(gone, released[[step]])
    equal <- steps[[step]]
    options <- list(configural.model = behind(letter), data = data, group = "group", ID.fac = "std.lv",
                    group.equal = equal, group.partial = if (length(gone)) gone else "")
    if (length(ordered)) options <- c(options, list(
      ordered = ordered, ID.cat = "Wu.Estabrook.2016", parameterization = if (step == "residuals") "theta" else "delta"))
    syntax <- as.character(do.call(measEq.syntax, options))
    # Two categories: semTools leaves the scale fixed until intercepts are held. Free from the loadings on,
    # whatever happens to the intercept, each step is nested in the one before.
    if (step %in% c("loadings", "intercepts")) for (item in binary)
      syntax <- sub(paste0(item, " ~*~ c(1, 1, 1)*", item), paste0(item, " ~*~ c(1, NA, NA)*", item), syntax, fixed = TRUE)
    extra <- if (length(ordered)) list(estimator = "WLSMV", ordered = ordered,
      parameterization = if (step == "residuals") "theta" else "delta") else list(meanstructure = TRUE)
    fit <- do.call(tight, c(list(syntax, data), extra, list(...)))
    stopifnot(lavInspect(fit, "converged"))
    kind <- if (partial || is.null(released[[step]])) NULL else tail(equal, 1)
    table <- parTable(fit)
    wanted <- unique(table[table$group == 1 & table$op == c(loadings = "=~", intercepts = "~1", thresholds = "|",
                                                           residuals = "~~")[if (is.null(kind)) "none" else kind] , c("lhs", "op", "rhs")])
    wanted <- wanted[!is.na(wanted$op) & !wanted$lhs %in% c(if (identical(kind, "intercepts")) c("a", "b")), ]
    terms <- Map(c, wanted$lhs, wanted$op, wanted$rhs)
    done <- sapply(terms, function(term) any(sapply(gone, function(g) gsub(" ", "", g) == paste0(term, collapse = ""))))
    name <- paste0(step, if (partial) " partial" else "")
    result[[name]] <- describe(fit, before, terms[!as.logical(done)])
    cluster <- list(...)$cluster
    if (!is.null(cluster)) result[[name]]$stacked <- stacked(fit, data, cluster)
    if (partial || is.null(released[[step]])) before <- fit
    message(letter, " ", step, " ", partial)
  }
  result
}
continuous <- list(configural = "", metric = "loadings", scalar = c("loadings", "intercepts"),
                   strict = c("loadings", "intercepts", "residuals"))
ordinal <- list(configural = "", thresholds = "thresholds", loadings = c("thresholds", "loadings"),
                intercepts = c("thresholds", "loadings", "intercepts"),
                residuals = c("thresholds", "loadings", "intercepts", "residuals"))
freed <- list(metric = "b =~ y6", scalar = "y4 ~ 1")
result <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")),
               semTools = as.character(packageVersion("semTools")),
  ml = ladder("y", large, continuous, freed, estimator = "ML"),
  mlr = ladder("y", large, continuous, freed, estimator = "MLR"),
  wlsmv = ladder("x", large, ordinal, list(thresholds = "x2 | t2", loadings = "b =~ x6", intercepts = "x4 ~ 1"), TRUE),
  nested = ladder("y", transform(nested, group = region), continuous, list(), estimator = "MLR", cluster = "community"),
  crossed = ladder("y", transform(nested, group = sex), continuous, list(), estimator = "MLR", cluster = "community"),
  mixed = ladder("z", mixed, ordinal, list(loadings = "a =~ z2", intercepts = "z5 ~ 1"), TRUE, c("z1", "z5")))
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
