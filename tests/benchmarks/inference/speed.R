# Times of the same models on the same data in R; called by speed.py with the folder of the data.
suppressMessages({library(MASS); library(pscl); library(sandwich); library(clubSandwich); library(jsonlite)})
folder <- commandArgs(TRUE)[1]; tasks <- fromJSON(file.path(folder, "tasks.json"), simplifyVector = FALSE)
packages <- c("MASS", "pscl", "sandwich", "clubSandwich")
result <- list(versions = c(list(R = as.character(getRversion())),
                            lapply(setNames(nm = packages), function(p) as.character(packageVersion(p)))))
for (task in tasks) {
  values <- readBin(file.path(folder, paste0(task$name, ".bin")), "double", task$rows * 6)
  d <- as.data.frame(matrix(values, ncol = 6)); names(d) <- c("y", "cluster", "a", "b", "c", "d")
  estimates <- NULL
  seconds <- tryCatch(sum(system.time(for (i in seq_len(task$fits_r)) {
    if (task$name == "logits") {
      fit <- glm(y ~ a + b + c + d, binomial(), d); estimates <- coef(fit)
      errors <- sqrt(diag(vcovCL(fit, d$cluster)))
    } else if (task$name == "cr2") {
      fit <- glm(y ~ a + b + c + d, binomial(), d); test <- coef_test(fit, vcovCR(fit, d$cluster, "CR2"), test = "Satterthwaite")
      estimates <- c(coef(fit), test$SE, test$df)
    } else if (task$name == "ordered") {
      fit <- polr(ordered(y) ~ a + b + c + d, d, Hess = TRUE); estimates <- c(coef(fit), fit$zeta, sqrt(diag(vcov(fit))))
    } else {
      fit <- hurdle(y ~ a + b + c + d, d, dist = "negbin"); estimates <- c(fit$coefficients$zero, fit$coefficients$count)
    }
  })[c("user.self", "sys.self")]), error = function(e) { message(task$name, ": ", conditionMessage(e)); NA })
  result[[task$name]] <- list(seconds = seconds, estimates = unname(estimates))
}
write(toJSON(result, digits = NA, auto_unbox = TRUE, na = "null"), file.path(folder, "r.json"))
