# Predictors split by cluster: made data of known truth, and reference values.
# Run in this folder: Rscript reference.R
suppressMessages({library(clubSandwich); library(lme4); library(jsonlite)})

set.seed(11)
sizes <- c(rep(1, 12), sample(2:40, 68, replace = TRUE))
place <- rep(seq_along(sizes), sizes)
n <- length(place)
x <- round(rnorm(n) + rnorm(length(sizes))[place], 4)
x[runif(n) < 0.15] <- NA
mean_of <- function(values) ave(values, place, FUN = function(v) mean(v, na.rm = TRUE))
m <- mean_of(x)
known <- ave(as.numeric(!is.na(x)), place, FUN = sum)
others <- (m * known - x) / (known - 1)
others[known < 2] <- NA

# Truth: within 1 and between 3 of the linear outcome, 0.8 and -0.5 of the binary one; beside the
# own value (0.7) the mean of the others counts (1.2).
y <- round((x - m) + 3 * m + rnorm(n, sd = 0.5), 4)
served <- as.integer(runif(n) < plogis(0.8 * (x - m) - 0.5 * m))
spread <- round(0.7 * x + 1.2 * ifelse(is.na(others), 0, others) + rnorm(n, sd = 0.5), 4)
sex <- rbinom(n, 1, 0.5)
y[runif(n) < 0.2] <- NA
served[runif(n) < 0.2] <- NA
data <- data.frame(place, x, y, served, spread, sex)
write.csv(data, "data.csv", row.names = FALSE, na = "", quote = FALSE)

standardised <- function(rows) {
  centre <- mean(x[rows]); scale <- sd(x[rows])
  list(within = (x - m) / scale, mean = (m - centre) / scale,
       own = (x - centre) / scale, others = (others - centre) / scale)
}
entry <- function(outcome, terms, family, rows = TRUE) {
  rows <- which(rows & !is.na(data[[outcome]]) & !is.na(x) & (!("others" %in% terms) | !is.na(others)))
  frame <- as.data.frame(lapply(standardised(rows)[terms], function(v) v[rows]))
  frame$outcome <- data[[outcome]][rows]
  fit <- if (family == "gaussian") lm(outcome ~ ., frame) else
    glm(outcome ~ ., binomial, frame, control = glm.control(epsilon = 1e-14, maxit = 100))
  test <- coef_test(fit, vcovCR(fit, place[rows], "CR2"), test = "Satterthwaite")
  list(n = length(rows), estimate = unname(coef(fit)), std_error = test$SE, df = test$df)
}
split <- c("within", "mean"); own <- c("own", "others")
level <- data.frame(y, within = x - m, m, place)
mixed <- lmer(y ~ within + m + (1 | place), level, na.action = na.omit,
              control = lmerControl(calc.derivs = FALSE))
result <- list(
  R = R.version.string,
  packages = lapply(c(clubSandwich = "clubSandwich", lme4 = "lme4"),
                    function(p) as.character(packageVersion(p))),
  linear = entry("y", split, "gaussian"),
  logit = entry("served", split, "binomial"),
  linear_women = entry("y", split, "gaussian", sex == 1),
  own_and_others = entry("spread", own, "gaussian"),
  two_level = list(n = nobs(mixed), estimate = unname(fixef(mixed)),
                   std_error = unname(sqrt(diag(as.matrix(vcov(mixed))))))
)
write(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
