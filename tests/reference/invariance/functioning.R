# Reference values of differential item functioning by ordinal logistic regression: ordinal::clm; where
# respondents live in communities generalised score tests, by numerical derivatives. Run in this folder,
# after make_data.py: Rscript functioning.R
suppressMessages({library(ordinal); library(numDeriv); library(jsonlite)})
scales <- list(a = paste0("x", 1:4), b = paste0("x", 5:8))
control <- clm.control(gradTol = 1e-12, maxIter = 200L)

# Score test that the last `df` coefficients of the wide model are zero, at the estimates of the narrow one,
# scores added up within clusters (Boos 1992).
score_test <- function(narrow, wide, df, cluster) {
  X <- model.matrix(wide$terms, model.frame(wide))[, names(wide$beta), drop = FALSE]
  y <- as.integer(model.frame(wide)$y)
  k <- ncol(X)
  rows <- function(p) {
    cuts <- c(-Inf, p[-seq_len(k)], Inf)
    eta <- drop(X %*% p[seq_len(k)])
    log(plogis(cuts[y + 1] - eta) - plogis(cuts[y] - eta))
  }
  at <- c(narrow$beta, rep(0, df), narrow$alpha)
  tested <- length(narrow$beta) + seq_len(df)
  inner <- solve(-hessian(function(p) sum(rows(p)), at))
  sums <- rowsum(jacobian(rows, at), cluster)
  J <- nrow(sums)
  move <- (inner %*% colSums(sums))[tested]
  drop(move %*% solve((inner %*% (crossprod(sums) * J / (J - 1)) %*% inner)[tested, tested], move))
}
stage <- function(data, differing, cluster) do.call(rbind, lapply(names(scales), function(scale)
  do.call(rbind, lapply(scales[[scale]], function(item) {
    score <- rowMeans(data[c(item, setdiff(scales[[scale]], c(item, differing)))])
    d <- data.frame(y = factor(data[[item]]), m = (score - mean(score)) / sd(score), group = data$group)
    fits <- list(clm(y ~ 1, data = d, control = control), clm(y ~ m, data = d, control = control),
                 clm(y ~ m + group, data = d, control = control),
                 clm(y ~ m + group + m:group, data = d, control = control))
    values <- sapply(fits, function(fit) as.numeric(logLik(fit)))
    extra <- nlevels(d$group) - 1
    statistic <- if (is.null(cluster)) 2 * c(values[4] - values[2], values[3] - values[2], values[4] - values[3]) else
      c(score_test(fits[[2]], fits[[4]], 2 * extra, cluster), score_test(fits[[2]], fits[[3]], extra, cluster),
        score_test(fits[[3]], fits[[4]], extra, cluster))
    df <- c(2, 1, 1) * extra
    p <- pchisq(statistic, df, lower.tail = FALSE)
    points <- sort(unique(data[[item]]))
    answer <- sapply(levels(d$group), function(level) {
      chances <- predict(fits[[4]], newdata = transform(d[c("m", "group")], group = factor(level, levels(d$group))), type = "prob")$fit
      mean(chances %*% points)
    })
    apart <- answer[-1] - answer[1]
    data.frame(construct = scale, item = item, n = nrow(d), n_groups = nlevels(d$group),
               statistic = statistic[1], df = df[1], p_value = p[1],
               uniform_statistic = statistic[2], uniform_df = df[2], uniform_p_value = p[2],
               nonuniform_statistic = statistic[3], nonuniform_df = df[3], nonuniform_p_value = p[3],
               r_squared_change = (1 - values[4] / values[1]) - (1 - values[2] / values[1]),
               difference = apart[which.max(abs(apart))], level = names(apart)[which.max(abs(apart))],
               reference_level = levels(d$group)[1])
  }))))
purified <- function(data, cluster = NULL) {
  differing <- character(0)
  repeat {
    rows <- stage(data, differing, cluster)
    rows$p_adjusted <- p.adjust(rows$p_value, "holm")
    left <- sapply(rows$item, function(item) length(setdiff(scales[[rows$construct[rows$item == item]]], c(differing, item))))
    open <- rows[!rows$item %in% differing & left >= 2 & rows$p_adjusted < 0.05, ]
    if (!nrow(open)) break
    differing <- c(differing, open$item[which.min(open$p_value)])
  }
  kind <- ifelse(rows$nonuniform_p_value < 0.05, "nonuniform", "uniform")
  rows$decision <- ifelse(rows$p_adjusted < 0.05, kind, "no_difference")
  as.list(rows)
}
by_size <- function(values) factor(values, names(sort(table(values), decreasing = TRUE)))
items <- read.csv("items.csv")
items$group <- by_size(items$group)
nested <- read.csv("nested.csv")
nested$group <- by_size(nested$sex)
regions <- transform(nested, group = by_size(nested$region))
version <- function(name) as.character(packageVersion(name))
result <- list(R = R.version.string, ordinal = version("ordinal"), numDeriv = version("numDeriv"),
               independent = purified(items), crossed = purified(nested, nested$community),
               nested = purified(regions, regions$community))
write(toJSON(result, digits = NA, auto_unbox = TRUE), "functioning.json")
