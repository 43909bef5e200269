"""Known truths: a study analysed from raw export to verdict, many times over, in scenarios."""
