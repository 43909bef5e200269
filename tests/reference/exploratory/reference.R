# Reference values of exploratory factor analysis from psych, GPArotation and stats, on the personality
# items shipped with the project and on 40 simulated items. Run in this folder: Rscript reference.R
suppressMessages({library(psych); library(GPArotation); library(jsonlite)})
version <- function(name) as.character(packageVersion(name))
result <- list(R = R.version.string, psych = version("psych"), GPArotation = version("GPArotation"))

bfi <- read.csv("../../../data/raw/bfi/bfi.csv")
data <- list(bfi = na.omit(bfi[unlist(lapply(c("A", "C", "E", "N", "O"), paste0, 1:5))]),
             forty = read.csv("../polychoric/items_1000.csv"))

# Every rotation starts from psych's unrotated loadings and runs to full precision: psych itself stops
# its rotations at 1e-5. Normalisation as in psych: Kaiser's for varimax (and so promax) alone.
rotations <- function(loadings) {
  k <- ncol(loadings)
  orthogonal <- varimax(loadings, normalize = TRUE, eps = 1e-15)
  simple <- unclass(orthogonal$loadings)
  # psych fits promax's target to the normalised loadings (kaiser(loadings, rotate = "Promax")).
  size <- sqrt(rowSums(loadings^2))
  pro <- promax(simple / size, m = 4)
  between <- solve(t(pro$rotmat) %*% pro$rotmat)
  exact <- function(rotate, ...) rotate(loadings, normalize = FALSE, eps = 1e-8, maxit = 5000, ...)
  # Local minima: the best of several starts.
  starts <- c(list(diag(k), orthogonal$rotmat), lapply(1:3, function(i) {set.seed(i); Random.Start(k)}))
  best <- function(rotate, ...) {
    tried <- lapply(starts, function(start) exact(rotate, Tmat = start, ...))
    values <- sapply(tried, function(one) tail(one$Table[, 2], 1))
    tried[[which.min(values)]]
  }
  # With the correlations of items with factors, and the share of all variance of each factor as in psych.
  described <- function(pattern, correlations) list(
    loadings = pattern, correlations = correlations, structure = pattern %*% correlations,
    variance = diag(correlations %*% t(pattern) %*% pattern) / nrow(pattern))
  oblique <- function(one) described(unclass(one$loadings), one$Phi)
  list(varimax = described(simple, diag(k)),
       promax = described(unclass(pro$loadings) * size, between),
       oblimin = oblique(best(oblimin)), geomin = oblique(best(geominQ, delta = 0.01)))
}

solve_factors <- function(correlations, n, k, method) {
  fit <- suppressWarnings(fa(correlations, k, n.obs = n, fm = method, rotate = "none"))
  c(list(loadings = unclass(fit$loadings), communalities = unname(fit$communality), chi2 = fit$STATISTIC,
         df = fit$dof, p_value = fit$PVAL, tli = fit$TLI,
         # psych's point estimate lacks Bartlett's correction, its interval has it: one formula for both.
         rmsea = c(sqrt(max(fit$STATISTIC - fit$dof, 0) / fit$dof / (n - 1)), unname(fit$RMSEA[2:3])),
         bic = fit$BIC, rms = fit$rms), rotations(unclass(fit$loadings)))
}

for (name in names(data)) {
  answers <- data[[name]]
  correlations <- cor(answers)
  n <- nrow(answers)
  result[[name]] <- list(
    n = n,
    eigenvalues = eigen(correlations)$values,
    kmo = KMO(correlations)[c("MSA", "MSAi")],
    bartlett = cortest.bartlett(correlations, n)[c("chisq", "df", "p.value")],
    map = suppressWarnings(vss(correlations, n = 8, n.obs = n, plot = FALSE, rotate = "none"))$map,
    factor_eigenvalues = suppressMessages(suppressWarnings(
      fa.parallel(answers, fm = "minres", fa = "both", SMC = TRUE, n.iter = 5,
                                       plot = FALSE)))$fa.values,
    minres = solve_factors(correlations, n, 5, "minres"),
    ml = solve_factors(correlations, n, 5, "ml"))
}
# The same through psych's own call, at its looser tolerances.
for (rotation in c("varimax", "promax", "oblimin", "geominQ")) {
  fit <- suppressWarnings(fa(cor(data$bfi), 5, n.obs = nrow(data$bfi), fm = "minres", rotate = rotation))
  result$psych_bfi[[rotation]] <- list(
    loadings = unclass(fit$loadings), correlations = if (is.null(fit$Phi)) diag(5) else unclass(fit$Phi),
    structure = unclass(fit$Structure), variance = unname(fit$Vaccounted["Proportion Var", ]))
}
# Polychoric correlations: without a correction of empty cells, as the two-step estimate has it.
rho <- polychoric(data$forty, correct = 0)$rho
poly <- suppressWarnings(fa(rho, 5, n.obs = nrow(data$forty), fm = "minres", rotate = "none"))
result$polychoric_forty <- list(kmo = KMO(rho)[c("MSA", "MSAi")], eigenvalues = eigen(rho)$values,
  bartlett = cortest.bartlett(rho, nrow(data$forty))[c("chisq", "df", "p.value")],
  map = suppressWarnings(vss(rho, n = 8, n.obs = nrow(data$forty), plot = FALSE, rotate = "none"))$map,
  loadings = unclass(poly$loadings), communalities = unname(poly$communality), chi2 = poly$STATISTIC,
  tli = poly$TLI, rms = poly$rms)
write(toJSON(result, digits = NA, auto_unbox = TRUE), "reference.json")
