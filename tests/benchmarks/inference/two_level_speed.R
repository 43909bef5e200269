# Times of two-level models in R; called by two_level_speed.py with the folder of the data.
suppressMessages({library(lme4); library(lmerTest); library(ordinal); library(jsonlite)})
folder <- commandArgs(TRUE)[1]; tasks <- fromJSON(file.path(folder, "tasks.json"), simplifyVector = FALSE)
packages <- c("lme4", "lmerTest", "ordinal")
result <- list(versions = c(list(R = as.character(getRversion())),
                            lapply(setNames(nm = packages), function(p) as.character(packageVersion(p)))))
for (task in tasks) {
  d <- read.csv(file.path(folder, paste0(task$name, ".csv")))
  right <- paste("~ a + b + c + d + w +", if (task$slope) "(1 + a | cluster)" else "(1 | cluster)")
  estimates <- NULL
  time <- system.time({
    if (task$family == "binomial") {
      fit <- glmer(as.formula(paste("y", right)), d, binomial, nAGQ = task$points)
      table <- coef(summary(fit)); estimates <- c(table[, 1], table[, 2], fit@theta)
    } else if (task$family == "ordinal") {
      fit <- clmm(as.formula(paste("ordered(y)", right)), data = d, nAGQ = task$points, Hess = TRUE)
      table <- coef(summary(fit)); estimates <- c(table[c(4:8, 1:3), 1], table[c(4:8, 1:3), 2], fit$ST[[1]])
    } else {
      fit <- lmerTest::lmer(as.formula(paste("y", right)), d)
      table <- coef(summary(fit)); estimates <- c(table[, 1], table[, 2], fit@theta * sigma(fit))
    }
  })
  result[[task$name]] <- list(seconds = time[["elapsed"]], processor = time[["user.self"]] + time[["sys.self"]],
                              estimates = unname(as.vector(estimates)))
}
write(toJSON(result, digits = NA, auto_unbox = TRUE, na = "null"), file.path(folder, "r.json"))
