# Closed forms of power in R's own stats: power.t.test of one sample has df = n - 1 and sd/sqrt(n) as standard error.
# Run from this folder: Rscript reference.R
found <- list()
for (n in c(12, 20, 60, 80)) {
  for (effect in c(0.1, 0.25, 0.4, 0.8)) {
    power <- power.t.test(n = n, delta = effect, sd = 1, type = "one.sample", strict = TRUE)$power
    found[[length(found) + 1]] <- list(n = n, effect = effect, power = power)
  }
}
detected <- list()
for (n in c(12, 20, 60, 80)) {
  for (wanted in c(0.5, 0.8, 0.95)) {
    delta <- power.t.test(
      n = n, power = wanted, sd = 1, type = "one.sample", strict = TRUE, tol = 1e-12
    )$delta
    detected[[length(detected) + 1]] <- list(n = n, power = wanted, effect = delta)
  }
}
jsonlite::write_json(
  list(power = found, detectable = detected), "reference.json",
  auto_unbox = TRUE, digits = 12, pretty = TRUE
)
