"""Pareto-smoothed importance weights by ArviZ 0.23.4 (pip install arviz==0.23.4), written to psis.json.

Log-weights are quantiles of three families, so that the file says what they are and no generator is needed to remake them.
"""
import json
import os

import numpy as np
from arviz import psislw

n = lambda m: (np.arange(m) + 0.5) / m
cases = {
    "Pareto, k = 0.4, n = 100": -0.4 * np.log1p(-n(100)),
    "Pareto, k = 0.9, n = 250": -0.9 * np.log1p(-n(250)),
    "Pareto, k = 1.6, n = 400": -1.6 * np.log1p(-n(400)),
    "log-logistic scale 0.5, shuffled, n = 300": 0.5 * np.roll(np.log(n(300) / (1 - n(300))), 101),
    "log-cosine bump, n = 500": 3 * np.cos(7 * np.pi * n(500)) + n(500),
    "a bounded tail, n = 200": np.log(n(200)),
}
out = []
for name, logw in cases.items():
    smoothed, k = psislw(logw.copy(), reff=1.0)
    out.append({"id": name, "logWeight": logw.tolist(), "k": float(k), "smoothed": np.asarray(smoothed).tolist()})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "psis.json"), "w") as f:
    json.dump(out, f, separators=(",", ":"))
