"""Missing answers: chained equations that fill them in, and rules that pool what is estimated."""
