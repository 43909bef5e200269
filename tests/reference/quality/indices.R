# Reference values, in base R, of the quality indices that no package offers, on the personality items
# shipped with the project. Run in this folder: Rscript indices.R
suppressMessages(library(jsonlite))
data <- read.csv("../../../data/raw/bfi/bfi.csv")[1:400, paste0(rep(c("A", "C", "E", "N", "O"), each = 5), 1:5)]
reversed <- c("A1", "C4", "C5", "E1", "E2", "O2", "O5")
centre <- colMeans(data, na.rm = TRUE)
person_total <- apply(data, 1, function(row) cor(row, centre, use = "complete.obs"))
difference <- sapply(c("A", "C", "E", "O"), function(scale) {
  items <- paste0(scale, 1:5)
  forward <- setdiff(items, reversed)
  backward <- intersect(items, reversed)
  abs(rowMeans(data[forward], na.rm = TRUE) - rowMeans(7 - data[backward], na.rm = TRUE))
})
answered <- rowSums(!is.na(data))
seconds <- 20 + seq_len(400) %% 97
pace <- seconds / answered
values <- list(
  R = R.version.string,
  person_total_correlation = unname(person_total),
  reversal_conflict = unname(rowMeans(difference, na.rm = TRUE)),
  seconds_per_item = unname(pace),
  relative_speed = unname(median(pace) / pace),
  item_nonresponse = unname(1 - answered / 25)
)
write(toJSON(values, digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE), "indices.json")
