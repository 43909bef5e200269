# Reference values of uniform differential item functioning: one direct effect of a group at a time in a
# model whose factors depend on the group. Run in this folder, after make_data.py: Rscript mimic.R
suppressMessages({library(lavaan); library(jsonlite)})
items <- read.csv("items.csv")
items <- items[items$group != 2, ]
items$small <- as.numeric(items$group == 3)
names <- paste0("y", 1:8)
model <- paste0("a =~ ", paste0(names[1:4], collapse = " + "), "\nb =~ ", paste0(names[5:8], collapse = " + "),
                "\na ~ small\nb ~ small\n")
stage <- function(kept, items, ...) do.call(rbind, lapply(names, function(item) {
  effects <- paste0(unique(c(kept, item)), " ~ small", collapse = "\n")
  options <- list(model = paste0(model, effects), data = items, std.lv = TRUE, estimator = "MLR", ...)
  fit <- do.call("sem", options)
  for (again in 1:2) fit <- do.call("sem", c(options, start = list(fit)))
  table <- parameterEstimates(fit)
  table[table$lhs == item & table$op == "~", c("lhs", "est", "se", "z", "pvalue", "ci.lower", "ci.upper")]
}))
purified <- function(items, ...) {
  kept <- character(0)
  repeat {
    rows <- stage(kept, items, ...)
    rows$adjusted <- p.adjust(rows$pvalue, "holm")
    open <- rows[!rows$lhs %in% kept & rows$adjusted < 0.05, ]
    if (!nrow(open)) break
    kept <- c(kept, open$lhs[which.min(open$pvalue)])
  }
  rows$standardised <- rows$est / sapply(rows$lhs, function(item) sd(items[[item]], na.rm = TRUE))
  list(kept = I(kept), items = as.list(rows))
}
# Gaps at every seventh answer to the items 2, 5 and 8, from a different row on in each.
gaps <- items
for (item in c(2, 5, 8)) gaps[seq(item, nrow(gaps), 7), names[item]] <- NA
nested <- read.csv("nested.csv")
nested$small <- as.numeric(nested$sex == 2)
result <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")),
               complete = purified(items),
               nested = purified(nested, cluster = "community"),
               incomplete = purified(gaps, missing = "fiml", em.h1.tol = 1e-11, em.h1.iter.max = 20000L))
write(toJSON(result, digits = NA, auto_unbox = TRUE), "mimic.json")
