"""Changes laid over a truth: blocks are merged, all else takes the place of what stood there.

The rule is that of a JSON Merge Patch (RFC 7396).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.yamlfiles.document import Path
from coproduction.yamlfiles.problems import Problem, unknown


def merged(base: Any, changes: Any) -> Any:
    """Lay changes over what stands there.

    Parameters
    ----------
    base
        What stands there; it stays as it is.
    changes
        Of a block, each key is merged with the key of the same name, None takes it away. Anything
        else, lists too, takes the place of `base` as a whole.
    """
    if not isinstance(changes, Mapping):
        return changes
    kept = dict(base) if isinstance(base, Mapping) else {}
    for key, change in changes.items():
        if change is None:
            kept.pop(key, None)
        else:
            kept[key] = merged(kept.get(key), change)
    return kept


def nothing_to_take(base: Any, changes: Mapping[str, Any], path: Path = ()) -> Iterator[Problem]:
    """Find changes that take away what is not there."""
    here = base if isinstance(base, Mapping) else {}
    for key, change in changes.items():
        if change is None and key not in here:
            what = f"nothing to take away: there is no `{key}` here"
            yield (*path, key), unknown(key, list(here), what)
        elif isinstance(change, Mapping):
            yield from nothing_to_take(here.get(key), change, (*path, key))
