"""Whether the scales mean the same in every group."""
