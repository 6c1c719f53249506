"""Selection where masses, weights and numbers of draws leave the range of doubles: printed as selectionEdges.json.

Every value comes from the definitions, at 50 digits of mpmath, whose exponents have no end:
  hard laws        P(level) = F^N - (F-)^N, and F exp(lambda(F-1)) - (F-) exp(lambda(F- - 1))
  soft laws        the integral of N w exp(-tw) phi(t)^(N-1) in log t by the trapezoid rule of step 1/10, between where
                   all is flat; for more than 1e25 draws phi^(N-1) = exp(-N(1 - phi)), equal to 25 digits and more
  limits           sums over the answers of the tilt
  betaForKl        bisection in log(1/beta) of the KL of the tilt
"""
import json, random
from mpmath import mp, mpf, exp, log, expm1, log1p, sqrt

mp.dps = 50
STEP = mpf(1) / 10

def probabilities(problem):
    if "logMass" in problem:
        m = [exp(mpf(l)) if l != "-Infinity" else mpf(0) for l in problem["logMass"]]
    else:
        m = [mpf(x) for x in problem["mass"]]
    total = sum(m)
    return [x / total for x in m]

def scores(problem):
    return [None if r == "-Infinity" else mpf(r) for r in problem["reward"]]

def weights(problem):
    r = scores(problem)
    top = max(x for x in r if x is not None)
    beta = mpf(problem["beta"])
    return [mpf(0) if x is None else exp((x - top) / beta) for x in r]

def hard(problem, n):
    p, r = probabilities(problem), scores(problem)
    lost = sum(q for q, x in zip(p, r) if x is None)
    def at(x):
        below = sum(q for q, y in zip(p, r) if y is None or y < x)
        level = sum(q for q, y in zip(p, r) if y == x)
        above = sum(q for q, y in zip(p, r) if y is not None and y > x)
        logAll = log1p(-above) if above < mpf(1) / 2 else log(below + level)
        share = level / (below + level)
        logBelow = log1p(-share) if share < mpf(1) / 2 else (log(below / (below + level)) if below else mpf("-inf"))
        return exp(n * logAll) * (-expm1(n * logBelow)) / level
    kept = keptOf(lost, n)
    return [mpf(0) if x is None else q * at(x) / kept for q, x in zip(p, r)]

def keptOf(lost, n):
    if lost == 0:
        return mpf(1)
    return -expm1(n * log(lost))

def soft(problem, n, rate=None):
    """The law of N draws, or of 1 + Poisson(rate)."""
    p, w = probabilities(problem), weights(problem)
    lost = sum(q for q, v in zip(p, w) if v == 0)
    levels = {}
    for q, v in zip(p, w):
        if v > 0 and q > 0:
            levels[v] = levels.get(v, mpf(0)) + q
    ws = sorted(levels, reverse=True)
    n = mpf(n) if n is not None else None
    many = n is not None and n > mpf(10) ** 25
    def logF(t):
        gap = sum(levels[v] * -expm1(-t * v) for v in ws)
        if rate is not None:
            return log1p(rate * (1 - gap)) - rate * gap
        phi = lost + sum(levels[v] * exp(-t * v) for v in ws)
        if many:
            return -n * gap
        return (n - 1) * (log1p(-gap) if gap < mpf(1) / 4 else log(phi))
    # Where something happens: t w from 1e-33/N to 80 + |log p|.
    draws = n if n is not None else mpf(rate) + 1
    marks = []
    for v in ws:
        x = log(v)
        marks.append((-x - log(draws) - 50, -x + log(90 + abs(log(min(levels.values()))) )))
    marks.sort()
    spans = []
    for a, b in marks:
        a, b = int(mp.floor(a / STEP)), int(mp.ceil(b / STEP))
        if spans and a <= spans[-1][1] + 1:
            spans[-1][1] = max(b, spans[-1][1])
        else:
            spans.append([a, b])
    total = {v: mpf(0) for v in ws}
    def series(first, last, f):
        """Nodes first..last of a constant f, weight t: a geometric series, where e^{-tw} is 1 or 0."""
        ratio = exp(STEP)
        value = f * (exp((last + 1) * STEP) - (exp(first * STEP) if first is not None else 0)) / (ratio - 1)
        middle = exp(last * STEP)
        for v in ws:
            if middle * v < 1:
                total[v] += value
    previous = None
    for a, b in spans:
        t = exp((a - 1) * STEP)
        series(previous + 1 if previous is not None else None, a - 1, exp(logF(t)))
        for m in range(a, b + 1):
            t = exp(m * STEP)
            f = exp(logF(t)) * t
            for v in ws:
                total[v] += f * exp(-t * v)
        previous = b
    ratio = {v: v * STEP * total[v] * (n if n is not None else 1) for v in ws}
    kept = keptOf(lost, n) if n is not None else 1 - lost * exp(-rate * (1 - lost))
    law = [q * ratio[v] / kept if v > 0 and q > 0 else mpf(0) for q, v in zip(p, w)]
    assert abs(sum(law) - 1) < mpf(10) ** -30, (problem, n, sum(law))
    s = sum(law)
    return [x / s for x in law]

known = {}

def law(problem, n):
    key = json.dumps([problem, n])
    if key not in known:
        known[key] = lawOf(problem, n)
    return known[key]

def lawOf(problem, n):
    p, r = probabilities(problem), scores(problem)
    allowed = sum(q for q, x in zip(p, r) if x is not None)
    if n == 1 or problem["beta"] == "Infinity":
        return [mpf(0) if x is None else q / allowed for q, x in zip(p, r)]
    return hard(problem, n) if problem["beta"] == 0 else soft(problem, n)

def limit(problem):
    p, r = probabilities(problem), scores(problem)
    if problem["beta"] == 0:
        top = max(x for x, q in zip(r, p) if x is not None and q > 0)
        m = [q if x == top else mpf(0) for q, x in zip(p, r)]
    else:
        m = [q * v for q, v in zip(p, weights(problem))]
    s = sum(m)
    return [x / s for x in m]

def kl(p, q):
    total = mpf(0)
    for a, b in zip(p, q):
        if a > 0 and b == 0:
            return mpf("inf")
        d = a - b
        if b == 0:
            continue
        # a log(a/b) - a + b, by its series where a is near b: the total is that of log1p's.
        total += a * (log1p(d / b) if abs(d) < b / 2 else (log(a / b) if a > 0 else 0)) - d if a > 0 else b
    return total

def distances(problem, n):
    a, b = law(problem, n), limit(problem)
    return {"totalVariation": sum(abs(x - y) for x, y in zip(a, b)) / 2, "kl": kl(b, a), "reverseKl": kl(a, b)}

def expansion(problem):
    p, w = probabilities(problem), weights(problem)
    mu = sum(q * v for q, v in zip(p, w))
    v = [x / mu for x in w]
    star = [q * x for q, x in zip(p, v)]
    c = [sum(s * (y - x) for s, y in zip(star, v)) for x in v]
    return {
        "coefficient": [1 + sum(q * (y - 1) ** 2 for q, y in zip(p, v)) if q == 0 else x for q, x in zip(p, c)],
        "totalVariation": sum(s * abs(x) for s, x in zip(star, c)) / 2,
        "kl": sum(s * x * x for s, x in zip(star, c)) / 2,
    }

def bounds(problem, n):
    p, w = probabilities(problem), weights(problem)
    n = mpf(n)
    mu = sum(q * v for q, v in zip(p, w))
    variance = sum(q * (v - mu) ** 2 for q, v in zip(p, w))
    least = min(v for q, v in zip(p, w) if q > 0)
    kept = keptOf(sum(q for q, v in zip(p, w) if v == 0), n)
    lower, upper = [], []
    for q, v in zip(p, w):
        m, s = v + (n - 1) * mu, v + (n - 1) * least
        if v == 0:
            lower.append(mpf(0)); upper.append(mpf(0)); continue
        lower.append(q * n * v / m / kept)
        upper.append(q * min(n, n * v * (1 / m + (n - 1) * variance / (m * m * s))) / kept)
    return {"lower": lower, "upper": upper}

def fraction(problem):
    p, star = probabilities(problem), limit(problem)
    return 1 / sum(s * s / q for s, q in zip(star, p) if q > 0)

def betaForKl(problem, budget):
    p, r = probabilities(problem), scores(problem)
    top = max(x for x, q in zip(r, p) if q > 0)
    span = top - min(x for x, q in zip(r, p) if q > 0)
    u = [(x - top) / span for x in r]
    def spent(eta):
        # Sum p (rho log rho - rho + 1), rho = e^l, l relative to the mean.
        m = [q * exp(eta * x) for q, x in zip(p, u)]
        s = sum(m)
        less = sum(q * expm1(eta * x) for q, x in zip(p, u))
        logS = log1p(less) if less > -mpf(1) / 2 else log(s)
        total = mpf(0)
        for q, x in zip(p, u):
            l = eta * x - logS
            total += q * (exp(l) * l - expm1(l))
        return total
    low, high = mpf(-800), mpf(800)
    mp.dps = 350 if budget < 1e-20 else 70
    for _ in range(150):
        middle = (low + high) / 2
        if spent(exp(middle)) < budget: low = middle
        else: high = middle
    beta = span / exp((low + high) / 2)
    mp.dps = 50
    return beta

def show(x):
    if isinstance(x, dict): return {k: show(v) for k, v in x.items()}
    if isinstance(x, list): return [show(v) for v in x]
    if x == 0: return "0"
    return mp.nstr(x, 40, strip_zeros=False) if mp.isfinite(x) else ("Infinity" if x > 0 else "-Infinity")

def logs(xs):
    """log p, of the likeliest from what it leaves to the others."""
    rest = sum(sorted(xs)[:-1])
    return [mpf("-inf") if x == 0 else log1p(-rest) if x == max(xs) and x > mpf(1) / 2 else log(x) for x in xs]

rows = []
def add(what, problem, value, **more):
    rows.append({"what": what, **problem, **more, "value": show(value)})

def everything(problem, ns):
    for n in ns:
        a = law(problem, n)
        add("law", problem, a, n=n)
        add("logMass", problem, logs(a), n=n)
        # Of laws that agree in half of the digits carried, the difference has none to spare.
        d = distances(problem, n)
        if d["totalVariation"] > mpf(10) ** -24 or problem["beta"] == 0:
            add("limitDistance", problem, d, n=n)
        if problem["beta"] not in (0, "Infinity") and n < 1e15:
            add("bounds", problem, bounds(problem, n), n=n)
    add("limit", problem, limit(problem))
    if problem["beta"] not in (0, "Infinity"):
        add("expansion", problem, expansion(problem))
        add("effectiveFraction", problem, fraction(problem))

# The inputs of the reports.
rare = {"logMass": [-730, 0], "reward": [1, 0], "beta": 1 / 1000}
everything(rare, [1, 2, 1000, 1e12, 1e300])
everything({**rare, "beta": 0}, [1, 2, 1e300])
everything({"mass": [1e-301, 1], "reward": [0, 1], "beta": 0}, [4])
everything({"mass": [1e-301, 1], "reward": [0, 1], "beta": 1 / 1024}, [4])
for l in (-746, -3000):
    for beta in (0, 1 / 8192):
        everything({"logMass": [l, 0], "reward": [0, 1], "beta": beta}, [2, 4])
far = {"mass": [2, 3, 5], "reward": [0, 100, 690.8], "beta": 1}
everything(far, [2, 1e12, 1e300])
for rate in (1e12, 4e307):
    add("poisson", far, soft(far, None, mpf(rate)), rate=rate)
even = {"mass": [1, 1], "reward": [0, 1], "beta": 1}
add("poisson", even, soft(even, None, mpf(4e307)), rate=4e307)
everything(even, [1e12, 1e155, 1e300, 1.7e308])
add("betaForKl", {"mass": [1e-260, 1], "reward": [1, 0]}, betaForKl({"mass": [1e-260, 1], "reward": [1, 0]}, 0.01), budget=0.01)

# Generated ones of the same kinds.
rng = random.Random(14)
def logMass(k):
    kind = rng.randrange(4)
    if kind == 0: return [-6000 * rng.random() for _ in range(k)]
    if kind == 1: return [0] + [-rng.choice([600, 720, 740, 760, 3000]) * (0.9 + 0.2 * rng.random()) for _ in range(k - 1)]
    if kind == 2: return [-760 * rng.random() for _ in range(k)]
    return [-4 * rng.random() for _ in range(k)]
def reward(k):
    return [rng.choice([0, 1, 2, rng.random(), 3 * rng.random()]) for _ in range(k)]
for i in range(28):
    k = rng.choice([2, 2, 3, 4])
    problem = {"logMass": logMass(k), "reward": reward(k)}
    if i % 4 == 3 and k > 2:
        problem["reward"][rng.randrange(1, k)] = "-Infinity"
    spread = rng.choice([0, 1e-3, 1, 50, 700, 900, 3000, 9000])
    r = [x for x in problem["reward"] if x != "-Infinity"]
    span = max(r) - min(r) or 1
    problem["beta"] = span / spread if spread else 0
    everything(problem, [rng.choice([1, 2, 3, 17]), rng.choice([1e6, 1e12, 1e30, 1e100, 1e300])])
for i in range(40):
    k = rng.choice([2, 2, 3, 4])
    if i % 2:
        problem = {"mass": [10 ** (-300 * rng.random()) for _ in range(k)], "reward": [rng.random() for _ in range(k)]}
    else:
        problem = {"logMass": [-6000 * rng.random() for _ in range(k)], "reward": [rng.random() for _ in range(k)]}
    p = probabilities(problem)
    most = -log(p[problem["reward"].index(max(problem["reward"]))])
    budget = float(10 ** (-12 + 15 * rng.random())) if i % 5 else float(10 ** (-300 * rng.random()))
    if most < 1e-15: continue
    if budget >= most: budget = float(most * mpf(rng.random()))
    add("betaForKl", problem, betaForKl(problem, budget), budget=budget)

print(json.dumps({"program": "selectionEdges.py: mpmath at 50 digits", "rows": rows}, indent=0))
