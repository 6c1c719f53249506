import { outOfRange, wrongType } from "../numeric/check.js";

/** Supports that were checked and frozen here. Measures share them, and two that share one need no comparison. */
const checked = new WeakSet<readonly unknown[]>();

/** For a long support the last other one that lists the same answers. Both are frozen, so that this stays true. */
const twins = new WeakMap<readonly unknown[], readonly unknown[]>();
/** Supports of so many answers or more are remembered as twins. */
const MIN_TWIN_SIZE = 1024;

/** The answers as a frozen array without duplicates: the caller's own array is copied, never kept. */
export function requireSupport<A>(caller: string, support: readonly A[], argument = "support"): readonly A[] {
  if (!Array.isArray(support)) throw wrongType(caller, argument, "be an array of answers", support);
  if (checked.has(support)) return support;
  if (support.length === 0) throw outOfRange(caller, argument, "have at least one answer", support);
  // Duplicates are looked for before the copy is frozen.
  const answers = support.slice();
  if (!isIncreasing(answers)) refuseDuplicates(caller, argument, answers);
  return knownSupport(answers);
}

/** Answers that are distinct by construction, as a support: they are not checked, and the array is frozen. */
export function knownSupport<A>(answers: A[]): readonly A[] {
  const support = Object.freeze(answers);
  checked.add(support);
  return support;
}

/** Whether answers are strictly increasing numbers or strings: these can't repeat, and most large supports are such. */
function isIncreasing(answers: readonly unknown[]): boolean {
  const type = typeof answers[0];
  if (type !== "number" && type !== "string") return false;
  for (let i = 1; i < answers.length; i++) {
    const b = answers[i] as number;
    if (typeof b !== type || !((answers[i - 1] as number) < b)) return false;
  }
  return true;
}

function refuseDuplicates(caller: string, argument: string, answers: readonly unknown[]): void {
  const seen = new Map<unknown, number>();
  for (let i = 0; i < answers.length; i++) {
    const key = answerKey(answers[i]);
    const first = seen.get(key);
    if (first !== undefined) {
      throw outOfRange(
        caller,
        `${argument}[${i}]`,
        `differ from every other answer (${argument}[${first}] is the same)`,
        answers[i],
      );
    }
    seen.set(key, i);
  }
}

/** What makes two answers the same: arrays (token sequences) by their entries, all else by SameValueZero. */
export function answerKey(answer: unknown): unknown {
  return Array.isArray(answer) ? `[${answer.map(keyText).join(",")}]` : answer;
}

/** Finds the place of an answer in a support, undefined where it is none of its answers. */
export function placesOf<A>(support: readonly A[]): (answer: A) => number | undefined {
  const places = new Map(support.map((answer, i) => [answerKey(answer), i]));
  return (answer) => places.get(answerKey(answer));
}

function keyText(token: unknown): string {
  if (Array.isArray(token)) return `[${token.map(keyText).join(",")}]`;
  if (typeof token === "string") return JSON.stringify(token);
  if (typeof token === "bigint") return `${token}n`;
  // Symbols of the registry are told apart by their texts; other ones have an identity, as objects do.
  const isSymbol = typeof token === "symbol" && Symbol.keyFor(token) === undefined;
  const hasIdentity = isSymbol || typeof token === "function" || (typeof token === "object" && token !== null);
  return hasIdentity ? `#${identityOf(token as object)}` : String(token);
}

/** Numbers that objects, functions and symbols are told apart by, as tokens of a sequence. */
const identities = new WeakMap<WeakKey, number>();
let identitiesGiven = 0;

function identityOf(token: WeakKey): number {
  const known = identities.get(token) ?? identitiesGiven++;
  identities.set(token, known);
  return known;
}

/** Two measures that are read answer by answer must list the same answers in the same order. */
export function requireSameSupport(
  caller: string,
  p: readonly unknown[],
  q: readonly unknown[],
  names: readonly [string, string] = ["p", "q"],
): void {
  if (p === q || twins.get(p) === q) return;
  if (p.length !== q.length) {
    throw new TypeError(`${caller}: both measures must have the same support, got ${p.length} and ${q.length} answers`);
  }
  for (let i = 0; i < p.length; i++) {
    if (!Object.is(p[i], q[i]) && answerKey(p[i]) !== answerKey(q[i])) {
      const condition = `be the same answer in ${names[0]} and ${names[1]}`;
      throw wrongType(caller, `both measures' support[${i}]`, condition, q[i]);
    }
  }
  if (p.length >= MIN_TWIN_SIZE && checked.has(p) && checked.has(q)) twins.set(p, q);
}
