# Reference values of regressions with cluster-robust standard errors.
# Run in this folder: Rscript reference.R
suppressMessages({library(clubSandwich); library(sandwich); library(jsonlite)})

families <- list(binary = binomial(), linear = gaussian(), count = poisson())
versions <- sapply(c("clubSandwich", "sandwich"), function(p) as.character(packageVersion(p)))
result <- list(R = R.version.string, packages = as.list(versions))

for (n_clusters in c(12, 60, 300)) {
  data <- read.csv(sprintf("nested_%d.csv", n_clusters)); data$group <- factor(data$group)
  entry <- list()
  for (outcome in names(families)) {
    family <- families[[outcome]]
    right <- ~ x * z + group + offered
    formula <- update(right, as.formula(paste(outcome, "~ .")))
    fit <- if (outcome == "linear") lm(formula, data) else
      glm(formula, family, data, control = glm.control(epsilon = 1e-14, maxit = 100))
    cr2 <- vcovCR(fit, data$cluster, "CR2")
    test <- coef_test(fit, cr2, test = "Satterthwaite")
    beta <- coef(fit)
    hc <- sapply(c("HC1", "HC2", "HC3"), function(type) sqrt(diag(vcovHC(fit, type = type))))
    entry[[outcome]] <- list(
      term = names(beta), estimate = unname(beta), log_likelihood = as.numeric(logLik(fit)),
      classical = unname(sqrt(diag(vcov(fit)))), CR2 = test$SE, df = test$df, p_value = test$p_Satt,
      CR1 = unname(sqrt(diag(vcovCR(fit, data$cluster, "CR1")))),
      HC1 = unname(hc[, 1]), HC2 = unname(hc[, 2]), HC3 = unname(hc[, 3]))
  }
  result[[paste0("clusters_", n_clusters)]] <- entry
}
p <- c(0.01, 0.04, 0.03, 0.2, 0.005, 0.5)
result$adjusted <- list(p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
