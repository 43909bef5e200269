"""Hypotheses, the further models they have to pass, and the causal diagram behind them."""
