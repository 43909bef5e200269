# Reference values of products of factors, from the formulas of Wall and Amemiya (2000): lavaan's measurement model,
# Bartlett scores written out, moments of products corrected one by one, least squares from the corrected moments.
# Errors: each community left out in turn, all steps taken anew. Run in this folder, after make_data.py:
# Rscript products.R
suppressMessages({library(lavaan); library(jsonlite)})
continuous <- read.csv("continuous.csv")
items <- paste0(rep(c("a", "b", "c"), each = 4), 1:4)
measured <- "a =~ a1 + a2 + a3 + a4
             b =~ b1 + b2 + b3 + b4
             c =~ c1 + c2 + c3 + c4"

slopes <- function(data, products, observed = character(0)) {
  alone <- if (length(observed)) sprintf("own_%s =~ 1 * %s\n%s ~~ 0 * %s", observed, observed, observed, observed)
  fit <- cfa(paste(c(measured, alone), collapse = "\n"), data, estimator = "ML", meanstructure = FALSE)
  inside <- lavInspect(fit, "est")
  loadings <- inside$lambda[items, c("a", "b", "c")]
  theta <- diag(diag(inside$theta[items, items]))
  inverse <- solve(theta)
  weights <- solve(t(loadings) %*% inverse %*% loadings) %*% t(loadings) %*% inverse
  centred <- scale(as.matrix(data[items]), scale = FALSE)
  scores <- cbind(centred %*% t(weights), scale(as.matrix(data[observed]), scale = FALSE))
  colnames(scores) <- c("a", "b", "c", observed)
  errors <- matrix(0, ncol(scores), ncol(scores), dimnames = list(colnames(scores), colnames(scores)))
  errors[1:3, 1:3] <- weights %*% theta %*% t(weights)
  true <- crossprod(scores) / nrow(scores) - errors
  pairs <- strsplit(products, ":")
  terms <- sapply(pairs, function(pair) scores[, pair[1]] * scores[, pair[2]])
  colnames(terms) <- products
  every <- scale(cbind(scores, terms), scale = FALSE)
  moments <- crossprod(every) / nrow(every)
  moments[colnames(scores), colnames(scores)] <- true
  for (i in seq_along(pairs)) for (j in seq_along(pairs)) {
    one <- pairs[[i]]
    other <- pairs[[j]]
    added <- 0
    for (k in 1:2) for (l in 1:2) {                    # E[f f] E[e e], four ways
      added <- added + true[one[k], other[l]] * errors[one[3 - k], other[3 - l]]
    }
    for (k in 1:2) added <- added + errors[one[1], other[k]] * errors[one[2], other[3 - k]]
    moments[products[i], products[j]] <- moments[products[i], products[j]] - added
  }
  causes <- c("a", "b", observed, products)
  found <- solve(moments[causes, causes], moments[causes, "c"])
  spread <- sqrt(diag(moments))
  for (i in seq_along(pairs)) spread[products[i]] <- prod(spread[pairs[[i]]])
  list(estimate = found, standardised = found * spread[causes] / spread["c"])
}

case <- function(products, observed = character(0)) {
  whole <- slopes(continuous, products, observed)
  places <- unique(continuous$community)
  left <- sapply(places, function(place) {
    slopes(continuous[continuous$community != place, ], products, observed)$standardised
  })
  count <- length(places)
  errors <- sqrt((count - 1) / count * rowSums((left - rowMeans(left))^2))
  list(term = names(whole$estimate), estimate = signif(unname(whole$estimate), 11),
       standardised = signif(unname(whole$standardised), 11), error = signif(unname(errors), 7))
}

cases <- list(interaction = case("a:b"), squares = case(c("a:b", "a:a", "b:b")), observed = case("a:x1", "x1"))
write(toJSON(list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")), cases = cases),
             digits = NA, auto_unbox = TRUE), "products.json")
