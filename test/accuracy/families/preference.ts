import { humanPreference, logPreferenceProbability, preferenceProbability } from "exptilt";
import { between, order, pick, REWARDS, rewards, sizeOf } from "../instances.js";
import { math } from "../mathjs.js";
import { answers, big, exact, log1p, type Num } from "../oracle.js";
import { type Subject, subject } from "../subject.js";

function pair(rng: () => number): { reward: number; other: number } {
  const reward = pick(
    rng,
    between(rng, -5, 5),
    between(rng, -800, 800),
    1e6 + between(rng, -1, 1),
    order(rng, -300, 300),
  );
  const other = pick(rng, 0, reward * (1 + order(rng, -15, -1)), between(rng, -40, 40), reward - between(rng, -40, 40));
  return { reward, other };
}

const PAIR = "rewards apart by 0 to 1e300, near each other at 1e6, both tails";
const gapOf = (a: Num, b: Num) => big(a).minus(big(b));

export const preference: readonly Subject[] = [
  subject({
    name: "preferenceProbability",
    domain: PAIR,
    draw: pair,
    float64: ({ reward, other }) => preferenceProbability(reward, other),
    exact: ({ reward, other }) => exact.preferenceProbability(reward, other),
    peers: { mathjs: ({ reward, other }) => 1 / (1 + math.exp(other - reward)) },
    cases: 1000,
  }),
  subject({
    name: "logPreferenceProbability",
    domain: PAIR,
    draw: pair,
    float64: ({ reward, other }) => logPreferenceProbability(reward, other),
    exact: ({ reward, other }) => {
      const d = gapOf(reward, other);
      return d.isNegative() ? d.minus(log1p(exact.exp(d))) : log1p(exact.exp(d.neg())).neg();
    },
    peers: { mathjs: ({ reward, other }) => math.log(1 / (1 + math.exp(other - reward))) },
    cases: 1000,
  }),
  subject({
    name: "humanPreference().mass",
    domain: REWARDS,
    draw: (rng, index) => ({ reward: rewards(rng, sizeOf(rng, index)) }),
    float64: ({ reward }) => humanPreference(answers(reward), reward).mass,
    exact: ({ reward }) => exact.humanPreference(answers(reward), reward).mass,
  }),
  subject({
    name: "humanPreference().logNormalizer",
    domain: REWARDS,
    draw: (rng, index) => ({ reward: rewards(rng, sizeOf(rng, index)) }),
    float64: ({ reward }) => humanPreference(answers(reward), reward).logNormalizer,
    exact: ({ reward }) => exact.humanPreference(answers(reward), reward).logNormalizer,
  }),
];
