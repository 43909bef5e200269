# Imputations of one table by mice; called by truth.py with folder, m, iterations, donors and seed.
suppressMessages(library(mice))
arguments <- commandArgs(TRUE)
folder <- arguments[1]; numbers <- as.integer(arguments[-1])
data <- read.csv(file.path(folder, "data.csv"))
imputed <- mice(data, m = numbers[1], maxit = numbers[2], donors = numbers[3], seed = numbers[4],
                method = "pmm", printFlag = FALSE)
items <- setdiff(names(data), c("took", "hours"))
values <- unlist(lapply(seq_len(numbers[1]), function(k) unlist(complete(imputed, k)[items])))
writeBin(as.integer(values), file.path(folder, "completed.bin"), size = 1)
