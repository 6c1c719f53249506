"""Noise predictors of atomic data at 60 digits: prints noise.json. Doubles are taken at their exact values."""
import json
import random

from mpmath import exp, mp, mpf, nstr, sqrt

mp.dps = 60
random.seed(20251)


def predict(atoms, weights, x, sigma):
    s = mpf(sigma)
    alpha = sqrt((1 - s) * (1 + s))
    xs = [mpf(v) for v in x]
    logs = []
    for atom in atoms:
        logs.append(-sum((v - alpha * mpf(a)) ** 2 for v, a in zip(xs, atom)) / (2 * s * s))
    top = max(l for l, w in zip(logs, weights) if w > 0)
    q = [mpf(w) * exp(l - top) if w > 0 else mpf(0) for l, w in zip(logs, weights)]
    total = sum(q)
    mean = [sum(qi * mpf(a[k]) for qi, a in zip(q, atoms)) / total for k in range(len(x))]
    return [(v - alpha * m) / s for v, m in zip(xs, mean)]


def case(name, atoms, weights, x, sigma):
    values = [nstr(v, 25) for v in predict(atoms, weights, x, sigma)]
    return {"name": name, "atoms": atoms, "weights": weights, "x": x, "sigma": sigma, "noise": values}


cases = [
    case("two atoms", [[-1.0], [1.0]], [0.5, 0.5], [0.6], 0.8),
    case("sigma 1e-8 on an atom", [[-1.0], [1.0], [0.3]], [0.25, 0.25, 0.5], [1.0 + 3e-8], 1e-8),
    case("sigma 1e-8, in two dimensions", [[0.1, 0.7], [0.3, -0.2]], [0.5, 0.5], [0.1 - 2e-8, 0.7 + 1e-8], 1e-8),
    case("sigma 1 - 1e-12", [[-1.0], [1.0], [5.0]], [0.25, 0.25, 0.5], [0.4], 1 - 1e-12),
    case("coincident atoms", [[0.5], [0.5], [-2.0]], [0.25, 0.25, 0.5], [0.1], 0.6),
    case("an atom of weight 0 is nearest", [[0.0], [3.0], [-4.0]], [0.0, 0.5, 0.5], [0.01], 0.5),
    case("far off", [[-1.0], [1.0]], [0.75, 0.25], [1e6], 0.7),
    case("far off to the left", [[-1.0, 2.0], [1.0, 0.0]], [0.75, 0.25], [-1e6, 1e6], 0.99),
    case("sigma 1e-8, a hair off the middle of two atoms", [[-1.0], [1.0]], [0.5, 0.5], [1e-17], 1e-8),
    case("sigma 1e-8, midway in two dimensions", [[0.25, 1.0], [1.0, 0.25]], [0.9, 0.1], [0.625 + 2.0**-53, 0.625], 1e-8),
    case("sigma 1e-4, midway, where alpha matters", [[-3.0], [1.0]], [0.5, 0.5], [-0.999999995 - 1e-9], 1e-4),
    case("far off, and the atoms alike", [[1.0, 1.0], [-1.0, 1.0]], [0.5, 0.5], [1e-9, 1e6], 1e-3),
    case("weights over 300 orders", [[0.0], [40.0]], [1.0, 1e-300], [36.9], 0.7),
    case("sigma 1e-300", [[0.0], [1.0]], [0.5, 0.5], [1e-300], 1e-300),
    case("sigma 1 - 2**-53", [[3.0], [-1e5]], [0.5, 0.5], [0.5], 1 - 2.0**-53),
    case("atoms of size 1e8, a unit apart", [[1e8], [1e8 + 1.0]], [0.5, 0.5], [0.8 * (1e8 + 0.5)], 0.6),
    case("a rare atom beside a common one", [[0.0], [0.5]], [1.0, 1e-30], [0.45], 0.05),
]
for i in range(12):
    d = random.choice([1, 2, 8])
    k = random.choice([2, 5, 20])
    atoms = [[random.uniform(-2, 2) for _ in range(d)] for _ in range(k)]
    raw = [random.choice([0.0, 1.0, random.random()]) for _ in range(k - 1)] + [1.0]
    sigma = random.choice([0.05, 0.3, 0.7, 0.95, 0.999])
    x = [random.gauss(0, 1.5) for _ in range(d)]
    total = sum(raw)
    cases.append(case(f"random {i}: d = {d}, K = {k}", atoms, [w / total for w in raw], x, sigma))

for i, sigma in enumerate([1e-3, 1e-2, 0.1]):
    # On the bisector of two atoms up to a few sigma, where exponents of size 1/sigma**2 cancel.
    atoms = [[random.gauss(0, 1) for _ in range(64)] for _ in range(6)]
    alpha = (1 - sigma * sigma) ** 0.5
    x = [alpha * (a + b) / 2 + sigma * random.gauss(0, 1) for a, b in zip(atoms[0], atoms[1])]
    cases.append(case(f"between two of six atoms, d = 64, sigma {sigma}", atoms, [1 / 6] * 6, x, sigma))

print(json.dumps({"made_by": "noise.py, mpmath at 60 digits", "cases": cases}, indent=1))
