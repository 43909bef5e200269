"""The structure: variables of persons and communities, and what causes them."""
