"""The analysis plan: frozen blocks, one module a block, every name checked before any data.

`read_plan` makes it once; a step is handed the whole of it and takes the block that it reads.
"""
