# Means of groups in imputed tables, pooled: what mice, sandwich and clubSandwich say of the same tables.
# Run in this folder: Rscript reference.R
suppressMessages({library(mice); library(sandwich); library(clubSandwich); library(jsonlite)})

# A scale of three items and a group, each missing by what is seen, in 24 places.
set.seed(11)
n <- 300
place <- sample(1:24, n, replace = TRUE)
z <- rnorm(n) + 0.6 * rnorm(24)[place]
item <- function() pmin(pmax(round(3 + z + rnorm(n)), 1), 5)
data <- data.frame(t1 = item(), t2 = item(), t3 = item(), work = findInterval(z + rlogis(n), c(-1, 1)) + 1)
for (name in c("t2", "t3", "work")) data[runif(n) < plogis(-2.6 + 0.5 * data$t1), name] <- NA
imputed <- mice(data, m = 5, maxit = 3, method = "pmm", printFlag = FALSE, seed = 2)
tables <- lapply(1:5, function(k) transform(complete(imputed, k), trust = (t1 + t2 + t3) / 3, place = place))

means <- function(clustered) {
  found <- lapply(tables, function(d) {
    fit <- lm(trust ~ 0 + factor(work), d)
    if (!clustered) return(data.frame(q = coef(fit), u = diag(vcovHC(fit, "HC3")), df = fit$df.residual))
    test <- coef_test(fit, vcovCR(fit, d$place, "CR2"), test = "Satterthwaite")
    data.frame(q = coef(fit), u = test$SE^2, df = test$df_Satt)
  })
  lapply(1:3, function(level) {
    rows <- do.call(rbind, lapply(found, function(each) each[level, ]))
    p <- pool.scalar(rows$q, rows$u, n = mean(rows$df), k = 0)
    half <- qt(0.975, p$df) * sqrt(p$t)
    list(level = as.character(level), estimate = p$qbar, std_error = sqrt(p$t), df = p$df, fmi = p$fmi,
         mc_error = sqrt(p$b / 5), conf_low = p$qbar - half, conf_high = p$qbar + half,
         n_cell = mean(sapply(tables, function(d) sum(d$work == level))))
  })
}
values <- lapply(1:5, function(k) lapply(c(t1 = "t1", t2 = "t2", t3 = "t3", work = "work"),
                                         function(name) complete(imputed, k)[is.na(data[[name]]), name]))
writeLines(toJSON(list(data = c(as.list(data), list(place = place)), imputed = values,
                       clustered = means(TRUE), plain = means(FALSE)),
                  auto_unbox = TRUE, digits = NA, na = "null"), "reference.json")
