# Reference values of generalised linear models whose link is not canonical, with cluster-robust
# standard errors, and of their marginal effects by definition. Run in this folder: Rscript linear.R
suppressMessages({library(sandwich); library(numDeriv); library(clubSandwich); library(statmod)
  library(jsonlite)})
packages <- c("sandwich", "numDeriv", "clubSandwich", "statmod")
result <- list(R = R.version.string,
               packages = lapply(setNames(nm = packages), function(p) as.character(packageVersion(p))))
source("definitions.R")

models <- list(probit = list("any", binomial("probit")), cloglog = list("any", binomial("cloglog")),
               gamma = list("amount", Gamma("log")), inverse_gaussian = list("amount", inverse.gaussian("log")),
               tweedie = list("amount", tweedie(var.power = 1.5, link.power = 0)))
for (n_clusters in c(12, 60, 300)) {
  everyone <- read.csv(sprintf("nested_%d.csv", n_clusters)); everyone$group <- factor(everyone$group)
  everyone$any <- as.numeric(everyone$visits > 0)
  X <- function(e) model.matrix(right, e); entry <- list()
  for (name in names(models)) {
    outcome <- models[[name]][[1]]; family <- models[[name]][[2]]
    d <- if (name %in% c("gamma", "inverse_gaussian")) subset(everyone, amount > 0) else everyone
    fit <- glm(update(right, paste(outcome, "~ .")), family, d, control = tight,
               etastart = if (name == "inverse_gaussian") rep(log(mean(d$amount)), nrow(d)))
    stopifnot(fit$converged)
    summed <- summary(fit)
    # bread() of sandwich holds the dispersion, and so do its scores; without it both are simpler.
    scores <- residuals(fit, "working") * weights(fit, "working") * X(d)
    known <- name %in% c("probit", "cloglog", "inverse_gaussian")
    fitted <- list(params = coef(fit), scores = scores, bread = summed$cov.unscaled,
                   classical = summed$cov.unscaled * summed$dispersion,
                   log_likelihood = if (known) as.numeric(logLik(fit)) else NA)
    entry[[name]] <- record(colnames(X(d)), fitted, d$cluster,
                            function(q, e) family$linkinv(drop(X(e) %*% q)), d)
    test <- coef_test(fit, vcovCR(fit, d$cluster, "CR2"), test = "Satterthwaite")
    entry[[name]]$CR2 <- test$SE; entry[[name]]$df <- test$df
    entry[[name]]$HC3 <- unname(sqrt(diag(vcovHC(fit, "HC3"))))
  }
  result[[paste0("clusters_", n_clusters)]] <- entry
}
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = FALSE, na = "null"), "linear.json")
