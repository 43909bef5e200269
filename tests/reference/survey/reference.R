# What R's package survey says of the samples of make_data.py. Run in this folder: Rscript reference.R
suppressMessages({library(survey); library(jsonlite)})
read <- function(name) {
  d <- read.csv(name)
  for (each in c("sex", "age", "work")) d[[paste0("f_", each)]] <- factor(d[[each]])
  d
}
places <- read("places.csv"); lonely <- read("lonely.csv"); pairs <- read("pairs.csv")
people <- read("population.csv")

told <- function(design, quantiles = TRUE) {
  df <- degf(design)
  means <- svymean(~y + x, design, deff = "replace")
  deff <- attr(means, "deff")
  total <- svytotal(~y, design)
  ratio <- svyratio(~y, ~x, design)
  work <- svymean(~f_work, design)
  wald <- lapply(levels(design$variables$f_work), function(level) {
    p <- coef(work)[[paste0("f_work", level)]]; se <- sqrt(vcov(work)[paste0("f_work", level), paste0("f_work", level)])
    plogis(qlogis(p) + c(-1, 1) * qt(0.975, df) * se / (p * (1 - p)))
  })
  by <- svyby(~y, ~domain, design, svymean)
  inside <- update(design, y0 = y * (domain == 0), y1 = y * (domain == 1), y2 = y * (domain == 2),
                   d0 = 1 * (domain == 0), d1 = 1 * (domain == 1), d2 = 1 * (domain == 2))
  both <- svyratio(~y0 + y1 + y2, ~d0 + d1 + d2, inside, covmat = TRUE)$vcov[c(1, 5, 9), c(1, 5, 9)]
  halves <- lapply(split(seq_len(nrow(design$variables)), design$variables$domain), function(i) degf(design[i, ]))
  second <- svychisq(~f_sex + f_work, design)
  first <- svychisq(~f_sex + f_work, design, statistic = "Chisq")
  ends <- confint(means, df = df)
  result <- list(
    df = df, mean = coef(means), covariance = unname(vcov(means)), low = ends[, 1], high = ends[, 2],
    deff = if (is.null(deff)) NULL else unname(diag(deff)),
    total = coef(total), total_error = as.vector(SE(total)),
    ratio = as.vector(coef(ratio)), ratio_error = as.vector(SE(ratio)),
    shares = unname(coef(work)), shares_covariance = unname(vcov(work)), shares_interval = wald,
    domain_mean = unname(coef(by)), domain_error = unname(SE(by)), domain_covariance = unname(both), domain_df = unname(unlist(halves)),
    F = unname(second$statistic), F_df = unname(second$parameter), F_p = second$p.value[[1]],
    first_p = first$p.value[[1]])
  # Below the share of the smallest value R 4.1.1 gives the second smallest; these quantiles stay above.
  if (quantiles) result$quantiles <- unname(svyquantile(~y, design, c(0.3, 0.5, 0.8))[[1]])
  result
}
rep_told <- function(design) {
  c(told(design), list(weights = unname(as.matrix(weights(design, "analysis"))), scale = design$scale,
                       rscales = design$rscales, mse = design$mse, fay = design$rho))
}

out <- list()
out$rows <- told(svydesign(~1, weights = ~weight, data = places))
out$clusters <- told(svydesign(~region + place, weights = ~weight, data = transform(places, region = interaction(region, place)), nest = TRUE))
out$strata <- told(svydesign(~place, strata = ~region, weights = ~weight, data = places, nest = TRUE))
out$finite <- told(svydesign(~place, strata = ~region, weights = ~weight, fpc = ~places, data = places, nest = TRUE))
out$two_stages <- told(svydesign(~place + dwelling, strata = ~region, weights = ~weight, fpc = ~places + dwellings, data = places, nest = TRUE))
for (option in c("certainty", "average", "adjust")) {
  options(survey.lonely.psu = option)
  if (option != "average") {
    twice <- svydesign(~place + dwelling, strata = ~region + side, weights = ~weight, fpc = ~places + side_dwellings, data = places, nest = TRUE)
    out[[paste0("strata_twice_", option)]] <- told(twice)
  }
  out[[paste0("lonely_", option)]] <- told(svydesign(~place, strata = ~region, weights = ~weight, data = lonely, nest = TRUE))
  out[[paste0("lonely_finite_", option)]] <- told(svydesign(~place + dwelling, strata = ~region, weights = ~weight, fpc = ~places + dwellings, data = lonely, nest = TRUE))
}
options(survey.lonely.psu = "fail")

two <- svydesign(~place + dwelling, strata = ~region, weights = ~weight, fpc = ~places + dwellings, data = places, nest = TRUE)
one <- svydesign(~place, strata = ~region, weights = ~weight, data = places, nest = TRUE)
calibrated <- function(design, formula, data = people, ...) {
  population <- colSums(model.matrix(formula, data))
  made <- calibrate(design, formula, population, epsilon = 1e-13, maxit = 200, ...)
  c(told(made), list(fitted = weights(made)))
}
out$linear <- calibrated(two, ~f_sex + f_age + x)
out$linear_one <- calibrated(one, ~f_sex + f_age + x)
out$raking <- calibrated(two, ~f_sex + f_age + f_work, calfun = "raking")
out$bounded <- calibrated(two, ~f_sex + f_age + x, calfun = "logit", bounds = c(0.5, 2))
margin <- function(name) { t <- table(people[[name]]); d <- data.frame(names(t), as.vector(t)); names(d) <- c(name, "Freq"); d }
raked <- rake(one, list(~f_sex, ~f_age, ~f_work), list(margin("f_sex"), margin("f_age"), margin("f_work")),
              control = list(maxit = 500, epsilon = 1e-12))
out$raked <- c(told(raked), list(fitted = weights(raked)))
cells <- as.data.frame(table(f_sex = people$f_sex, f_age = people$f_age))
post <- postStratify(one, ~f_sex + f_age, cells)
out$post <- c(told(post), list(fitted = weights(post)))
twice <- calibrate(calibrate(one, ~f_sex, colSums(model.matrix(~f_sex, people))), ~f_age, colSums(model.matrix(~f_age, people)))
out$twice <- c(told(twice), list(fitted = weights(twice)))

pair <- svydesign(~place, strata = ~region, weights = ~weight, data = pairs, nest = TRUE)
out$BRR <- rep_told(as.svrepdesign(pair, type = "BRR"))
out$Fay <- rep_told(as.svrepdesign(pair, type = "Fay", fay.rho = 0.3))
out$Fay_mse <- rep_told(as.svrepdesign(pair, type = "Fay", fay.rho = 0.3, mse = TRUE))
free <- svydesign(~place, weights = ~weight, data = transform(pairs, place = 10 * region + place))
out$JK1 <- rep_told(as.svrepdesign(free, type = "JK1"))
out$JKn <- rep_told(as.svrepdesign(one, type = "JKn"))
out$JKn_mse <- rep_told(as.svrepdesign(one, type = "JKn", mse = TRUE))
set.seed(1)
out$bootstrap <- rep_told(as.svrepdesign(one, type = "subbootstrap", replicates = 40))
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA, na = "null", matrix = "rowmajor"), "reference.json")
