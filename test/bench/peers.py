"""The same work in numpy and scipy, each contender at its best, timed here: one JSON request a line, one answer a line.

{"open": case, "data": {name: path of doubles}, "size": {...}} → {"contenders": [...]}
{"run": contender, "reps": n}                                  → {"seconds": per repetition, "value": a number to compare}
{"all": contender}                                             → {"values": [...]}, where a run gives many numbers
"""

import json
import sys
import time

import numpy as np

try:
    import scipy
    import scipy.optimize
    import scipy.special
except ImportError:
    scipy = None

CASES = {}


def case(f):
    CASES[f.__name__] = f
    return f


def trapezoid(n, spread):
    """The nodes of ∫ f(t) dt with t = e^u, for weights within e^spread of the largest, which is 1."""
    step = 0.3
    u = np.arange(-np.log(n) - 22, np.log(40) + spread + step, step)
    return np.exp(u), step * np.exp(u)


@case
def tilt(mass, reward, beta, **_):
    out = np.empty_like(mass)
    log_mass = np.log(mass)

    def in_place():
        np.multiply(reward, 1 / beta, out=out)
        np.subtract(out, out.max(), out=out)
        np.exp(out, out=out)
        np.multiply(out, mass, out=out)
        np.multiply(out, 1 / out.sum(), out=out)
        return out[1]

    def expression():
        w = mass * np.exp((reward - reward.max()) / beta)
        return (w / w.sum())[1]

    found = {"numpy, in place": in_place, "numpy, as written": expression}
    if scipy:
        found["scipy.special.softmax"] = lambda: scipy.special.softmax(log_mass + reward / beta)[1]
    return found


@case
def kl(p, q, **_):
    p, q = p / p.sum(), q / q.sum()
    out = np.empty_like(p)

    def in_place():
        np.divide(p, q, out=out)
        np.log(out, out=out)
        return np.dot(p, out)

    found = {"numpy, in place": in_place}
    if scipy:
        found["scipy.special.rel_entr(p, q).sum()"] = lambda: scipy.special.rel_entr(p, q).sum()
    return found


@case
def entropy(mass, **_):
    p = mass / mass.sum()
    out = np.empty_like(p)

    def in_place():
        np.log(p, out=out)
        return -np.dot(p, out)

    found = {"numpy, in place": in_place}
    if scipy:
        found["scipy.special.entr(p).sum()"] = lambda: scipy.special.entr(p).sum()
    return found


@case
def escort(mass, exponent, **_):
    out = np.empty_like(mass)

    def in_place():
        np.divide(mass, mass.max(), out=out)
        np.power(out, exponent, out=out)
        np.multiply(out, 1 / out.sum(), out=out)
        return out[1]

    return {"numpy, in place": in_place}


@case
def law(mass, reward, beta, n, **_):
    p = mass / mass.sum()
    e = np.empty_like(p)
    w = np.empty_like(p)
    out = np.empty_like(p)

    def rule():
        np.subtract(reward, reward.max(), out=w)
        np.multiply(w, 1 / beta, out=w)
        nodes, steps = trapezoid(n, -w.min())
        np.exp(w, out=w)
        out.fill(0)
        for t, step in zip(nodes, steps):
            np.multiply(w, -t, out=e)
            np.exp(e, out=e)
            np.multiply(e, step * np.dot(p, e) ** (n - 1), out=e)
            np.add(out, e, out=out)
        np.multiply(out, p, out=out)
        np.multiply(out, w, out=out)
        np.multiply(out, n, out=out)
        return out[1]

    return {"numpy, trapezoidal rule in place": rule}


@case
def dataset(mass, reward, beta, n, answers, **_):
    mass = mass.reshape(-1, answers)
    reward = reward.reshape(-1, answers)

    def vectorised():
        p = mass / mass.sum(1, keepdims=True)
        x = (reward - reward.max(1, keepdims=True)) / beta
        w = np.exp(x)
        optimum = p * w
        optimum /= optimum.sum(1, keepdims=True)
        kl = (optimum * np.log(optimum / p)).sum(1)
        e = np.empty_like(p)
        out = np.zeros_like(p)
        nodes, steps = trapezoid(n, -x.min())
        for t, step in zip(nodes, steps):
            np.multiply(w, -t, out=e)
            np.exp(e, out=e)
            phi = np.einsum("ij,ij->i", p, e)
            np.multiply(e, (step * phi ** (n - 1))[:, None], out=e)
            np.add(out, e, out=out)
        out *= n * p * w
        return optimum[:, 1].sum() + kl.sum() + out[:, 1].sum()

    return {"numpy, all queries at once": vectorised}


@case
def draws(mass, count, **_):
    rng = np.random.default_rng(1)
    p = mass / mass.sum()
    cumulative = np.cumsum(p)
    return {
        "numpy, Generator.choice(p=p)": lambda: np.nan * rng.choice(p.size, size=count, p=p)[0],
        "numpy, searchsorted on sums made before": lambda: np.nan
        * np.searchsorted(cumulative, rng.random(count), side="right")[0],
    }


@case
def table(mass, **_):
    out = np.empty_like(mass)

    def sums():
        np.cumsum(mass, out=out)
        np.multiply(out, 1 / out[-1], out=out)
        return np.nan

    return {"numpy, cumulative sums in place": sums}


@case
def training(features, target, answers, size, **_):
    if not scipy:
        return {}
    features = features.reshape(-1, answers, size)
    target = target.reshape(-1, answers)

    def loss(theta):
        logits = features @ theta
        log_p = logits - scipy.special.logsumexp(logits, axis=1, keepdims=True)
        residual = np.exp(log_p) - target
        return (
            -np.sum(target * log_p) / len(target),
            np.einsum("qa,qad->d", residual, features, optimize=True) / len(target),
        )

    def fit():
        found = scipy.optimize.minimize(
            loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"gtol": 1e-9, "ftol": 1e-15, "maxiter": 10_000}
        )
        return found.fun

    return {"scipy.optimize.minimize, L-BFGS-B": fit}


@case
def bradley_terry(winner, loser, count, items, **_):
    if not scipy:
        return {}
    winner, loser = winner.astype(np.int64), loser.astype(np.int64)
    total = count.sum()

    def loss(ability):
        d = ability[winner] - ability[loser]
        pull = count * scipy.special.expit(-d) / total
        gradient = np.bincount(loser, pull, items) - np.bincount(winner, pull, items)
        return np.dot(count, np.logaddexp(0, -d)) / total, gradient

    def fit():
        found = scipy.optimize.minimize(
            loss, np.zeros(items), jac=True, method="L-BFGS-B", options={"gtol": 1e-9, "ftol": 1e-15, "maxiter": 10_000}
        )
        return found.x[1] - found.x[0]

    return {"scipy.optimize.minimize, L-BFGS-B": fit}


@case
def vote(mass, weight, n, at, runs, **_):
    rng = np.random.default_rng(1)
    p = mass / mass.sum()

    def simulated():
        votes = rng.multinomial(n, p, size=runs)
        # Of tied answers each is taken as often: a random number below 1 decides where weights are equal.
        key = votes * weight if np.ptp(weight) > 0 else votes + rng.random(votes.shape)
        return (key.argmax(1) == at).mean()

    return {f"numpy, {runs:,} votes simulated": simulated}


@case
def majority(answers, votes, gold, ns, runs, **_):
    rng = np.random.default_rng(1)
    ends = np.cumsum(answers.astype(np.int64))[:-1]
    queries = list(zip(np.split(votes.astype(np.int64), ends), np.split(gold, ends)))

    def simulated():
        total = 0.0
        for count, right in queries:
            for n in ns.astype(np.int64):
                drawn = rng.multivariate_hypergeometric(count, n, size=runs)
                total += right[(drawn + rng.random(drawn.shape)).argmax(1)].mean()
        return total / len(queries)

    return {f"numpy, {runs:,} subsets of each query and n simulated": simulated}


@case
def rejection(mass, reward, beta, n, **_):
    def formula():
        p = mass / mass.sum()
        accepted = p * np.exp((reward - reward.max()) / beta)
        total = accepted.sum()
        last = (1 - total) ** (n - 1)
        return (accepted / total * (1 - last) + p * last)[1]

    return {"numpy": formula}


@case
def budget(mass, reward, beta, n, runs, **_):
    rng = np.random.default_rng(1)
    p = mass / mass.sum()
    accept = np.exp((reward - reward.max()) / beta)

    def simulated():
        total, open = 0.0, runs
        for _ in range(n - 1):
            drawn = rng.choice(p.size, size=open, p=p)
            taken = rng.random(open) < accept[drawn]
            total += reward[drawn[taken]].sum()
            open -= taken.sum()
        return (total + reward[rng.choice(p.size, size=open, p=p)].sum()) / runs

    return {f"numpy, {runs:,} runs simulated": simulated}


@case
def noise(atoms, point, sigma, dimension, **_):
    atoms = atoms.reshape(-1, dimension)
    alpha = np.sqrt(1 - sigma**2)
    half_norm = 0.5 * alpha**2 * (atoms**2).sum(1)
    logits = np.empty(len(atoms))

    def predict():
        np.dot(atoms, (alpha / sigma**2) * point, out=logits)
        np.subtract(logits, half_norm / sigma**2, out=logits)
        np.subtract(logits, logits.max(), out=logits)
        np.exp(logits, out=logits)
        mean = logits @ atoms / logits.sum()
        return ((point - alpha * mean) / sigma)[1]

    return {"numpy, by matrix products": predict}


@case
def simulation(mass, reward, n, runs, **_):
    rng = np.random.default_rng(1)
    p = mass / mass.sum()
    return {"numpy, simulated": lambda: reward[rng.choice(p.size, size=(runs, n), p=p)].max(1).mean()}


@case
def metropolis(mass, reward, beta, n, **_):
    def kernel():
        order = np.argsort(reward)
        p = mass[order] / mass.sum()
        w = np.exp((reward[order] - reward.max()) / beta)
        stay = np.cumsum(p) - np.cumsum(p * w) / w
        held = p.copy()
        for _ in range(n - 1):
            ratio = held / w
            above = np.cumsum(ratio[::-1])[::-1] - ratio
            held = p * (np.cumsum(held) + w * above) + held * stay
        return held[np.flatnonzero(order == 1)[0]]

    return {"numpy, draw by draw over sorted answers": kernel}


@case
def chains(mass, reward, beta, n, runs, **_):
    rng = np.random.default_rng(1)
    p = mass / mass.sum()

    def simulated():
        held = reward[rng.choice(p.size, size=runs, p=p)]
        for _ in range(n - 1):
            drawn = reward[rng.choice(p.size, size=runs, p=p)]
            held = np.where(rng.random(runs) < np.exp((drawn - held) / beta), drawn, held)
        return held.mean()

    return {"numpy, simulated": simulated}


@case
def close(p, q, answers, **_):
    if not scipy:
        return {}
    p, q = p.reshape(-1, answers), q.reshape(-1, answers)
    p, q = p / p.sum(1, keepdims=True), q / q.sum(1, keepdims=True)
    return {"scipy.special.rel_entr(p, q).sum()": lambda: scipy.special.rel_entr(p, q).sum(1)}


contenders = {}
for line in sys.stdin:
    request = json.loads(line)
    if "open" in request:
        data = {name: np.fromfile(path) for name, path in request["data"].items()}
        contenders = CASES[request["open"]](**data, **request["size"])
        answer = {"contenders": list(contenders)}
    elif "run" in request:
        run = contenders[request["run"]]
        begin = time.perf_counter()
        for _ in range(request["reps"]):
            value = run()
        seconds = (time.perf_counter() - begin) / request["reps"]
        answer = {"seconds": seconds, "value": None if np.isnan(value) else float(value)}
    elif "all" in request:
        answer = {"values": contenders[request["all"]]().tolist()}
    else:
        try:
            from numpy._core._multiarray_umath import __cpu_features__ as features
        except ImportError:
            features = {}
        answer = {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "scipy": scipy.__version__ if scipy else None,
            "wide": [name for name, here in features.items() if here and ("AVX512" in name or name == "X86_V4")],
        }
    print(json.dumps(answer), flush=True)
