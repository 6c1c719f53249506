"""Weighted maximum likelihood of log-linear policies by Newton's method in mpmath at 60 digits, written to logLinear.json.

Each case has queries with a base law, a target law and features of each answer; the optimum solves
sum_q sum_o (target - pi) phi = Q * ridge * theta.
"""
import json
import os

from mpmath import exp, lu_solve, matrix, mp, mpf, nstr, sin, sqrt

mp.dps = 60


def wave(*seed):
    s = 0.0
    for x in seed:
        s = (3.7 * s + x + 1.3) % 1000.0
    return float(sin(mpf(s) ** 2))


def solve(queries, size, ridge):
    theta = [mpf(0)] * size
    for _ in range(200):
        g = [-len(queries) * mpf(ridge) * t for t in theta]
        h = matrix(size, size)
        for j in range(size):
            h[j, j] = len(queries) * mpf(ridge)
        for q in queries:
            w = [mpf(b) * exp(sum(mpf(f) * t for f, t in zip(phi, theta))) for b, phi in zip(q["base"], q["features"])]
            p = [x / sum(w) for x in w]
            t = [mpf(x) / sum(mpf(y) for y in q["target"]) for x in q["target"]]
            mean = [sum(a * mpf(phi[j]) for a, phi in zip(p, q["features"])) for j in range(size)]
            for a, b, phi in zip(t, p, q["features"]):
                for j in range(size):
                    g[j] += (a - b) * mpf(phi[j])
                    for k in range(size):
                        h[j, k] += b * (mpf(phi[j]) - mean[j]) * (mpf(phi[k]) - mean[k])
        step = lu_solve(h, matrix(g))
        decrement = sqrt(abs(sum(a * s for a, s in zip(g, step))))
        # A damped step far out, a whole one near: the problem is convex.
        theta = [t + (s / (1 + decrement) if decrement > 0.1 else s) for t, s in zip(theta, step)]
        if decrement < mpf(10) ** -45:
            return theta
    raise RuntimeError("no convergence")


cases = []
for name, count, answers, size, ridge, spread in [
    ("one query, two features", 1, 4, 2, 0, 1),
    ("five queries, three features", 5, 6, 3, 0, 1),
    ("steep targets", 4, 8, 3, 0, 6),
    ("with a ridge", 5, 6, 4, 0.125, 2),
    ("nearly dependent features", 6, 5, 2, 0, 1),
]:
    queries = []
    for q in range(count):
        features = [[wave(q, o, j, size) for j in range(size)] for o in range(answers)]
        if name.startswith("nearly"):
            features = [[f[0], f[0] + f[1] / 4096] for f in features]
        queries.append(
            {
                "base": [1 + wave(q, o, 50) ** 2 for o in range(answers)],
                "target": [float(exp(spread * wave(q, o, 90))) for o in range(answers)],
                "features": features,
            }
        )
    theta = solve(queries, size, ridge)
    cases.append({"id": name, "size": size, "ridge": ridge, "queries": queries, "theta": [nstr(t, 40) for t in theta]})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "logLinear.json"), "w") as f:
    json.dump(cases, f, separators=(",", ":"))
