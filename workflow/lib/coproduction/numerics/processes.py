"""Independent pieces of work on several cores, with results that do not depend on how many."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any

Task = tuple[Callable[..., Any], tuple]


def run(tasks: Mapping[str, Task], cores: int = 1) -> dict[str, Any]:
    """Run named tasks and return their results under the same names, in the same order.

    Parameters
    ----------
    tasks
        Name -> function of a module and its arguments; put the longest first.
    cores
        Number of processes. Where processes cannot be forked the tasks run one after the other.
    """
    if cores < 2 or len(tasks) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return {name: function(*arguments) for name, (function, arguments) in tasks.items()}
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(min(cores, len(tasks)), mp_context=context) as pool:
        futures = {
            name: pool.submit(function, *arguments) for name, (function, arguments) in tasks.items()
        }
        return {name: future.result() for name, future in futures.items()}
