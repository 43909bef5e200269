# Weights that R's package survey fits to margins, on the sample places.csv. Run in this folder: Rscript weights.R
suppressMessages({library(survey); library(jsonlite)})
read <- function(name) {
  d <- read.csv(name)
  for (each in c("sex", "age", "work")) d[[paste0("f_", each)]] <- factor(d[[each]])
  d
}
places <- read("places.csv"); people <- read("population.csv")
design <- svydesign(~place, strata = ~region, weights = ~weight, data = places, nest = TRUE)
formula <- ~f_sex + f_age + f_work
totals <- colSums(model.matrix(formula, people))
fitted <- function(...) weights(calibrate(design, formula, totals, maxit = 2000, epsilon = 1e-12, ...))
margin <- function(name) { t <- table(people[[name]]); d <- data.frame(names(t), as.vector(t)); names(d) <- c(name, "Freq"); d }
mean <- nrow(people) / nrow(places)
limits <- c(0.55, 1.9) * mean
out <- list(
  population = lapply(c(sex = "sex", age = "age", work = "work"), function(name) as.vector(table(people[[name]]))),
  raking = fitted(calfun = "raking"),
  by_turns = weights(rake(design, list(~f_sex, ~f_age, ~f_work), list(margin("f_sex"), margin("f_age"), margin("f_work")),
                          control = list(maxit = 1000, epsilon = 1e-12))),
  linear = fitted(calfun = "linear"),
  raking_limited = fitted(calfun = "raking", bounds = limits, bounds.const = TRUE),
  linear_limited = fitted(calfun = "linear", bounds = limits, bounds.const = TRUE))
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA), "weights.json")
