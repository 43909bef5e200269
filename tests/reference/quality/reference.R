# Reference values of the quality indices from careless, on the personality items shipped with the
# project. Run in this folder: Rscript reference.R
# The distance over the items that a row answered is in no package: it is written here from its
# definition with stats::mahalanobis.
suppressMessages({library(careless); library(jsonlite)})
data <- read.csv("../../../data/raw/bfi/bfi.csv")[1:400, paste0(rep(c("A", "C", "E", "N", "O"), each = 5), 1:5)]
reversed <- c("A1", "C4", "C5", "E1", "E2", "O2", "O5")
keyed <- data
keyed[reversed] <- 7 - keyed[reversed]
complete <- stats::complete.cases(data)

available <- function(x) {
  centre <- colMeans(x, na.rm = TRUE)
  covariance <- cov(x, use = "pairwise")
  t(apply(x, 1, function(row) {
    o <- !is.na(row)
    if (mean(o) < 0.5) return(c(NA, 0, NA))
    d <- stats::mahalanobis(row[o], centre[o], covariance[o, o, drop = FALSE])
    c(d, sum(o), pchisq(d, sum(o), lower.tail = FALSE))
  }))
}
distance <- available(as.matrix(data))
values <- list(
  R = R.version.string,
  careless = as.character(packageVersion("careless")),
  complete = complete,
  longstring = careless::longstring(data),
  irv = careless::irv(data),
  mahad = suppressWarnings(careless::mahad(data[complete, ], plot = FALSE)),
  evenodd = unname(suppressWarnings(careless::evenodd(keyed, rep(5, 5)))),
  psychsyn = careless::psychsyn(data, critval = 0.50, resample_na = FALSE),
  psychsyn_pairs = nrow(careless:::get_item_pairs(as.matrix(data), 0.50)),
  distance_squared = unname(distance[, 1]),
  distance_df = unname(distance[, 2]),
  distance_p = unname(distance[, 3])
)
write(toJSON(values, digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE), "reference.json")
