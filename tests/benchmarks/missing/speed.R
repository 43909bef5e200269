# Time of the same imputations by mice; called by speed.py with folder, items, m, iterations, donors, seed and
# the way of regressing: mice's usual one (qr), or by cross-products (ridge).
suppressMessages({library(mice); library(jsonlite)})
arguments <- commandArgs(TRUE)
numbers <- as.integer(arguments[2:6])
file <- file.path(arguments[1], "answers.bin")
answers <- matrix(readBin(file, "integer", file.size(file), size = 1), ncol = numbers[1])
answers[answers == 0] <- NA
data <- as.data.frame(answers)
spent <- system.time(mice(data, m = numbers[2], maxit = numbers[3], donors = numbers[4], seed = numbers[5],
                          method = "pmm", ls.meth = arguments[7], printFlag = FALSE))
cat(toJSON(list(seconds = spent[["elapsed"]], processor_seconds = spent[["user.self"]] + spent[["sys.self"]],
                r = as.character(getRversion()), mice = as.character(packageVersion("mice"))),
           auto_unbox = TRUE, digits = NA), "\n")
