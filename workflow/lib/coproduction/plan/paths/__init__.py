"""The blocks `paths`, `path_hypotheses` and `composites` of a plan."""
