"""Make the simulated answers of the structural references: python make_data.py in this folder."""

import numpy as np
import pandas as pd

rng = np.random.default_rng(20261130)
n, clusters = 600, 30
community = np.repeat(np.arange(clusters), n // clusters)
shared = 0.4 * rng.normal(size=clusters)[community]
x1 = rng.normal(size=n)
x2 = (rng.random(n) < 0.4 + 0.1 * (x1 > 0)).astype(float)
a = 0.4 * x1 + 0.3 * x2 + shared + rng.normal(size=n)
b = 0.3 * a - 0.2 * x1 + rng.standard_t(6, size=n)
c = 0.4 * a + 0.3 * b + 0.2 * x2 + 0.3 * shared + rng.normal(size=n)
y = 0.5 * c + 0.2 * b + 0.3 * x1 + rng.normal(size=n)
z = 0.4 * a + 0.2 * y + rng.normal(size=n)
data = {
    "community": community,
    "group": np.where(rng.random(n) < 0.5, "one", "two"),
    "x1": x1,
    "x2": x2,
}
for name, factor in {"a": a, "b": b, "c": c}.items():
    for item, loading in enumerate([1.0, 0.8, 1.1, 0.7], 1):
        data[f"{name}{item}"] = loading * factor + rng.normal(size=n)
frame = pd.DataFrame(data | {"y": y, "z": z}).round(4)
frame.to_csv("continuous.csv", index=False)

gaps = frame.copy()
for name in [*(f"{f}{i}" for f in "abc" for i in range(1, 5)), "y"]:
    gaps.loc[rng.random(n) < 0.08 + 0.1 * (frame["z"] > 1), name] = np.nan
gaps.loc[rng.random(n) < 0.03, "x1"] = np.nan
gaps.to_csv("gaps.csv", index=False)

N = 1200
a = rng.normal(size=N)
b = 0.4 * a + 0.9 * rng.normal(size=N)
c = 0.3 * a + 0.4 * b + 0.8 * rng.normal(size=N)
m = 0.5 * b + 0.2 * a + rng.normal(size=N)
y = 0.4 * c + 0.4 * m + rng.normal(size=N)
w = 0.5 * c + rng.normal(size=N)
cut = {"community": rng.integers(0, 40, N), "group": np.where(rng.random(N) < 0.5, "one", "two")}
for name, factor in {"a": a, "b": b, "c": c}.items():
    for item, loading in enumerate([0.8, 0.7, 0.75, 0.6], 1):
        answer = loading * factor + np.sqrt(1 - loading**2) * rng.normal(size=N)
        cut[f"{name}{item}"] = 1 + np.digitize(answer, [-1.8, -1.2, -0.4, 0.8])
cut |= {
    "m": 1 + np.digitize(m, [-0.6, 0.5]),
    "y": (y > 0.6).astype(int),
    "w": (w > 0.2).astype(int),
}
pd.DataFrame(cut).to_csv("ordinal.csv", index=False)
