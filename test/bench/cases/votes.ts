import {
  estimateMajorityVote,
  expectation,
  majorityVoteLaw,
  measure,
  rejectionSamplingLaw,
  weightedVoteLaw,
} from "exptilt";
import type { Case } from "../harness.js";
import { count, humanEval, instance } from "../instance.js";
import type { Peers } from "../peers.js";
import { drawer, plainSimulation, winner } from "../simulated.js";

const BETA = 0.1;

export const VOTES = "Exact law of a vote";
export const MAJ_AT_N = "Unbiased maj@n from samples";
const REJECTION = "Exact law of rejection with a budget of draws";

export async function* voteCases(peers: Peers): AsyncGenerator<Case> {
  yield await lawCase(peers, "majority", 20, 64, 100_000);
  yield await lawCase(peers, "weighted", 20, 64, 100_000);
  yield await lawCase(peers, "majority", 100, 1024, 10_000);
  yield await samplesCase(peers, [1, 2, 4, 8, 16, 32, 64, 100], 1000);
  for (const size of [1000, 100_000])
    yield rejectionCase(size, 64, await peers.of("rejection", instance(size), { beta: BETA, n: 64 }));
  yield await budgetCase(peers, 16, 1_000_000);
}

/** A case whose value a simulation meets within five standard errors, and where it says its own. */
function simulated({ contenders: [own, ...peers], ...rest }: Case, value: number, error: number): Case {
  const said = peers.map((peer) => ({ ...peer, name: peer.name.replace("simulated", `simulated, ± ${show(error)}`) }));
  return { ...rest, tolerance: (5 * error) / value, contenders: [own, ...said] };
}

const show = (error: number) => error.toExponential(1).replace("e-", "e−");

async function lawCase(peers: Peers, vote: "majority" | "weighted", size: number, n: number, runs: number) {
  const { support, mass, reward } = instance(size);
  const ref = measure(support, mass);
  const beta = vote === "majority" ? Infinity : BETA;
  const run = vote === "majority" ? () => majorityVoteLaw(ref, n) : () => weightedVoteLaw({ ref, reward, beta }, n);
  const law = run();
  const at = law.mass.indexOf(Math.max(...law.mass));
  const p = law.mass[at];
  const weight = reward.map((r) => Math.exp(r / beta));
  const found = await peers.of("vote", { mass, weight }, { n, at, runs });
  const own = { name: `exptilt, ${vote}VoteLaw(…).mass`, run: () => run().mass[at] };
  const draw = drawer(mass);
  const votes = new Float64Array(size);
  const plain = plainSimulation(runs, "votes", () => {
    votes.fill(0);
    for (let k = 0; k < n; k++) votes[draw()]++;
    return winner(votes, vote === "majority" ? votes.map(() => 1) : weight) === at ? 1 : 0;
  });
  return simulated(
    { group: VOTES, title: `${vote}, K = ${size}, N = ${count(n)}`, rounds: 7, contenders: [own, plain, ...found] },
    p,
    Math.sqrt((p * (1 - p)) / runs),
  );
}

/** What the vote of n of 100 samples is worth, summed over n, in the mean over all queries of the embedded data. */
async function samplesCase(peers: Peers, ns: readonly number[], runs: number): Promise<Case> {
  const queries = humanEval();
  const golds = () =>
    queries.map(({ count, gold }) => estimateMajorityVote({ count, gold }, ns).map((e) => e.gold ?? 0));
  const total = (f: (gold: number) => number) => golds().reduce((s, each) => s + each.reduce((t, x) => t + f(x), 0), 0);
  const run = () => total((gold) => gold) / queries.length;
  // Gold is 0 or 1.
  const error = Math.sqrt(total((gold) => gold * (1 - gold)) / runs) / queries.length;
  const data = {
    answers: queries.map(({ count }) => count.length),
    votes: queries.flatMap(({ count }) => count),
    gold: queries.flatMap(({ gold }) => gold),
    ns,
  };
  const found = await peers.of("majority", data, { runs });
  const classes = queries.map(({ count, gold }) => ({
    gold,
    // The class of each sample.
    sample: count.flatMap((c, i) => new Array<number>(c).fill(i)),
    votes: new Float64Array(count.length),
    alike: new Float64Array(count.length).fill(1),
  }));
  /** One subset of each query and n: the first n samples of a shuffle that goes on where it was. */
  const plain = plainSimulation(runs, "subsets of each query and n", () => {
    let sum = 0;
    for (const { gold, sample, votes, alike } of classes) {
      for (const n of ns) {
        votes.fill(0);
        for (let k = 0; k < n; k++) {
          const other = k + Math.floor(Math.random() * (sample.length - k));
          [sample[k], sample[other]] = [sample[other], sample[k]];
          votes[sample[k]]++;
        }
        sum += gold[winner(votes, alike)];
      }
    }
    return sum / queries.length;
  });
  return simulated(
    {
      group: MAJ_AT_N,
      title: `${queries.length} queries × 100 samples, n = ${ns.join(", ")}`,
      rounds: 3,
      contenders: [{ name: "exptilt, estimateMajorityVote", run }, plain, ...found],
    },
    run(),
    error,
  );
}

function rejectionCase(size: number, n: number, peers: Case["contenders"]): Case {
  const { support, mass, reward } = instance(size);
  const problem = { ref: measure(support, mass), reward, beta: BETA };
  const law = new Float64Array(size);
  return {
    group: REJECTION,
    title: `K = ${count(size)}, N = ${n}`,
    contenders: [
      { name: "exptilt, rejectionSamplingLaw(…).law.mass", run: () => rejectionSamplingLaw(problem, n).law.mass[1] },
      {
        name: "plain loop",
        run: () => {
          const total = mass.reduce((s, m) => s + m, 0);
          const cap = reward.reduce((a, b) => Math.max(a, b));
          let accepted = 0;
          for (let i = 0; i < size; i++) {
            law[i] = (mass[i] / total) * Math.exp((reward[i] - cap) / BETA);
            accepted += law[i];
          }
          const last = (1 - accepted) ** (n - 1);
          for (let i = 0; i < size; i++) law[i] = (law[i] / accepted) * (1 - last) + (mass[i] / total) * last;
          return law[1];
        },
      },
      ...peers,
    ],
  };
}

/** One query of the embedded data, drawn until an answer is accepted a million times, beside the law. */
async function budgetCase(peers: Peers, n: number, runs: number): Promise<Case> {
  const [{ count: mass, reward }] = humanEval();
  const problem = { ref: measure([...mass.keys()], mass), reward, beta: BETA };
  const run = () => expectation(rejectionSamplingLaw(problem, n).law, reward);
  const mean = run();
  const { law } = rejectionSamplingLaw(problem, n);
  const variance = expectation(
    law,
    reward.map((r) => (r - mean) ** 2),
  );
  const found = await peers.of("budget", { mass, reward }, { beta: BETA, n, runs });
  const own = { name: "exptilt, the mean reward under rejectionSamplingLaw", run };
  const draw = drawer(mass);
  const cap = Math.max(...reward);
  const accept = reward.map((r) => Math.exp((r - cap) / BETA));
  const plain = plainSimulation(runs, "runs", () => {
    let drawn = draw();
    for (let k = 1; k < n && Math.random() >= accept[drawn]; k++) drawn = draw();
    return reward[drawn];
  });
  return simulated(
    {
      group: `Rejection among ${n} draws simulated`,
      title: `one query, ${mass.length} answers`,
      rounds: 3,
      contenders: [own, plain, ...found],
    },
    mean,
    Math.sqrt(variance / runs),
  );
}
