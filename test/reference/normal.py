"""P(Z <= x) and P(a < Z <= b) for Z ~ N(0, 1) at 40 digits: prints normal.json. Doubles are taken at their exact values."""
import json
import random

from mpmath import erfc, mp, mpf, nstr, sqrt

mp.dps = 60
random.seed(20252)


def cdf(x):
    return erfc(-mpf(x) / sqrt(mpf(2))) / 2


def interval(a, b):
    # The smaller tails: nothing cancels beyond what 60 digits hold.
    return (erfc(mpf(a) / sqrt(mpf(2))) - erfc(mpf(b) / sqrt(mpf(2)))) / 2


points = [-38.0, -37.5, -30.1, -20.7, -9.3, -5.0, -1.76, -1.75, -1.7499999, -1.0, -1e-3, -1e-300, 0.0, 0.3, 1.75, 3.1, 8.0]
points += [random.uniform(-37, 8) for _ in range(60)] + [random.uniform(-3, 3) for _ in range(40)]
pairs = [[-1.0, 1.0], [30.0, 30.1], [-30.1, -30.0], [-38.0, 8.0], [5.0, 5.01], [-0.1, 0.2], [1.7, 1.8], [-2.0, -1.7]]
for _ in range(40):
    a = random.uniform(-30, 30)
    pairs.append([a, a + random.uniform(0.01, 3)])
print(json.dumps({
    "made_by": "normal.py, mpmath at 60 digits",
    "cdf": [{"x": x, "p": nstr(cdf(x), 40)} for x in points],
    "intervals": [{"a": a, "b": b, "p": nstr(interval(a, b), 40)} for a, b in pairs],
}, indent=1))
