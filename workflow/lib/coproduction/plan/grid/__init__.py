"""The block `grids`: the specifications under which hypotheses are estimated again."""
