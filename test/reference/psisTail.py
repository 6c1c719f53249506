"""Tail indices and smoothed weights of log-weights thousands of nats apart, by mpmath at 60 digits, written to psisTail.json.

The published algorithm in plain arithmetic on the weights themselves, which mpmath holds whatever their size: the M largest
above the weight before them, Zhang and Stephens' posterior mean on 30 + floor(sqrt(m)) grid points, the prior worth ten draws
of shape 1/2, quantiles of the steadied law, none above the largest weight. Equal draws share the mean of theirs.
"""
import json
import os
from math import ceil, floor, sqrt

from mpmath import expm1, exp, log, log1p, mp, mpf

mp.dps = 60


def psis(logw, tail_length=None, r_eff=1):
    n = len(logw)
    top = mpf(max(logw))
    w = [exp(mpf(l) - top) if l != float("-inf") else mpf(0) for l in logw]
    M = tail_length or ceil(min(0.2 * n, 3 * sqrt(n / r_eff)))
    order = sorted(range(n), key=lambda i: w[i])
    u = w[order[n - M - 1]]
    tail = [i for i in order[n - M:] if w[i] > u]
    x = [w[i] - u for i in tail]
    m = len(x)
    size = 30 + floor(sqrt(m))
    quartile = x[floor(m / 4 + 0.5) - 1]
    theta = [1 / x[-1] + (1 - mp.sqrt(mpf(size) / (j + mpf(1) / 2))) / (3 * quartile) for j in range(size)]
    shape = lambda t: sum(log1p(-t * v) for v in x) / m
    def likelihood(t):
        k = shape(t)
        return m * (log(-t / k) - k - 1)
    l = [likelihood(t) for t in theta]
    best = max(l)
    p = [exp(v - best) for v in l]
    t = sum(a * b for a, b in zip(theta, p)) / sum(p)
    k = shape(t)
    sigma = -k / t
    steadied = (k * m + 5) / (m + 10)
    smoothed = list(w)
    for j, i in enumerate(tail):
        q = u + sigma * expm1(-steadied * log1p(-(j + mpf(1) / 2) / m)) / steadied
        smoothed[i] = min(q, mpf(1))
    for i in tail:
        equal = [j for j in tail if w[j] == w[i]]
        if len(equal) > 1 and i == equal[0]:
            mean = sum(smoothed[j] for j in equal) / len(equal)
            for j in equal:
                smoothed[j] = mean
    return steadied, [log(v) if v > 0 else mpf("-inf") for v in smoothed]


def spread(nats, n, curve):
    """Log-weights from -nats to 0, rounded to doubles, their order shuffled by a stride."""
    at = [nats * (curve((i + 0.5) / n) - 1) for i in range(n)]
    return [float(at[(7 * i) % n]) for i in range(n)]


cases = [
    ("ties past underflow", [-1440.0] * 80 + [-720.0] * 15 + [0.0] * 5, {}),
    ("ties within reach", [-3.0] * 80 + [-2.0] * 12 + [-1.0] * 5 + [0.0] * 3, {}),
    ("a spread of 6,000 nats", spread(6000, 101, lambda p: p), {}),
    ("a spread of 6,000 nats, bent", spread(6000, 250, lambda p: p**3), {}),
    ("a spread of 800 nats", spread(800, 101, lambda p: p), {}),
    ("a spread of 40 nats", spread(40, 101, lambda p: p**2), {}),
    ("a spread of 1e-6 nats", spread(1e-6, 101, lambda p: p**2), {}),
    ("weights of 0 below the tail", [float("-inf")] * 80 + [-5000.0 + 250 * i for i in range(21)], {}),
    ("a tail of 12 of 101 draws", spread(2000, 101, lambda p: p), {"tailLength": 12}),
    ("an efficiency of 0.4 of 401 draws", spread(30, 401, lambda p: p**2), {"relativeEfficiency": 0.4}),
]
out = []
for name, logw, options in cases:
    k, smoothed = psis(logw, options.get("tailLength"), options.get("relativeEfficiency", 1))
    number = lambda v: "-Infinity" if v == float("-inf") else v
    out.append({
        "id": name,
        "logWeight": [number(l) for l in logw],
        "options": options,
        "k": mp.nstr(k, 40),
        "smoothed": ["-Infinity" if v == mpf("-inf") else mp.nstr(v, 25) for v in smoothed],
    })
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "psisTail.json"), "w") as f:
    json.dump(out, f, separators=(",", ":"))
    f.write("\n")
for c in out:
    print(c["id"], c["k"][:20])
