"""KL divergences of laws on a line, and log density ratios, at 40 digits: prints mismatch.json. Doubles at exact values."""
import json
import random

from mpmath import log, mp, mpf, nstr

mp.dps = 400
random.seed(14)


def kl(atoms, p, q):
    """Coincident atoms are one point."""
    points = sorted(set(atoms))
    at = lambda law, x: sum(mpf(w) for a, w in zip(atoms, law) if a == x) / sum(map(mpf, law))
    return sum(at(p, x) * log(at(p, x) / at(q, x)) for x in points if at(p, x) > 0)


def case(name, atoms, p, q):
    return {"name": name, "atoms": atoms, "p": p, "q": q, "kl": nstr(kl(atoms, p, q), 40)}


cases = [
    case("ordinary", [-1.0, 0.0, 1.3], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]),
    case("0 and 1e160", [0.0, 1e160], [0.3, 0.7], [0.6, 0.4]),
    case("+-1e308", [-1e308, 1e308], [0.3, 0.7], [0.6, 0.4]),
    case("0 and the smallest double", [0.0, 5e-324], [0.3, 0.7], [0.6, 0.4]),
    case("distances from 1e-6 to 1e160", [0.0, 1e-6, 1.0, 1e160], [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]),
    case("coincident atoms", [0.0, 1.0, 0.0], [1.0, 2.0, 3.0], [3.0, 4.0, 0.0]),
    case("p lacks an atom", [0.0, 1.0], [1.0, 0.0], [1.0, 1e-20]),
    case("a rare atom between heavy ones", [0.0, 1.0, 2.0], [1.0, 1e-100, 1.0], [1.0, 3e-100, 1.0]),
    case("rare in p alone", [0.0, 1.0], [1.0, 1e-300], [0.5, 0.5]),
    case("rare in q alone", [0.0, 1.0], [0.5, 0.5], [1.0, 1e-300]),
]
for w in [1e-12, 1e-20, 1e-100, 1e-300]:
    cases.append(case(f"an atom of {w} in both laws", [0.0, 1.0], [1.0, w], [1.0, 3 * w]))
for e in [1e-4, 1e-6, 1e-8, 1e-12]:
    cases.append(case(f"laws {e} apart", [0.0, 1.0, 1.5], [0.3, 0.5, 0.2], [0.3 + e, 0.5 - e, 0.2]))
for i in range(12):
    k = random.choice([2, 3, 5])
    atoms = [random.choice([1.0, 1e-3, 1e3]) * random.uniform(-2, 2) for _ in range(k)]
    draw = lambda: [10 ** random.uniform(-random.choice([1, 12, 200]), 0) for _ in range(k)]
    p = draw()
    q = [w * (1 + 1e-7 * random.random()) for w in p] if i % 3 == 0 else draw()
    cases.append(case(f"random {i}", atoms, p, q))

print(json.dumps({"cases": cases}, indent=1))
