import type { Assessment, Worst } from "./assess.js";
import type { Report } from "./report.js";
import { LIMIT, type Subject } from "./subject.js";
import type { Unmeasured } from "./unmeasured.js";

/** The page of the docs: the figures of a report, the exceptions of the subjects, and what is not measured. */
export function page(report: Report, subjects: readonly Subject[], unmeasured: readonly Unmeasured[]): string {
  const all = Object.values(report.folders).flat();
  const within = all.filter(({ scaled }) => scaled.max <= LIMIT);
  const worst = within.reduce((a, b) => (b.scaled.max > a.scaled.max ? b : a));
  const exceptions = subjects.filter(({ exception }) => exception !== undefined);
  const cases = all.reduce((n, a) => n + a.cases + a.fixtures, 0);
  const values = all.reduce((n, a) => n + a.values, 0);
  return `---
title: How accurate every function is
---

<!-- Written by \`npm run accuracy\`; edit test/accuracy/page.ts instead. -->

# How accurate every function is

A double holds 53 binary digits. The distance between neighbouring doubles at a number is its *unit in the last place*, ULP:
about 10⁻¹⁶ of the number. The best a function can do is to return the double nearest to the true value, which errs by half
an ULP at most. Below is how far each public function is from the true value: ${values.toLocaleString("en")} numbers from
${cases.toLocaleString("en")} hostile cases, each compared with the same function at ${report.digits} digits
([exact arithmetic](verification.md)).

**${within.length} of the ${all.length} figures stay within ${LIMIT} ULP** once the condition of the problem is allowed for; the largest
error among them is ${ulps(worst.scaled.max)} ULP, of ${shown(worst.name)}. ${
    exceptions.length === 0
      ? "There is no exception."
      : `The others are listed with [the reason](#above-${LIMIT}-ulp), and so is [what has no figure](#not-in-the-tables).`
  }

## What is measured

**The cases** are drawn from a seed, the same in every run, to be as hard as users' data may be: masses over 300 orders of
magnitude, subnormal, zero, tied or an ULP apart; laws that differ by a relative 10⁻¹⁵; rewards of 10¹⁰, of 10⁻⁹, offset by 10⁶,
or −∞; temperatures from 10⁻⁶ to 10⁶. Cases of the committed reference values are
taken beside them. A worst input that is too long to print is found again by its number: the draw of a case depends on nothing else.

**The truth** is the value at ${report.digits} digits of the very same doubles, by code that shares nothing with the fast one. It is
itself held against values that other programs made (mpmath, Arb; see \`test/reference\`).

**Plain error** is the distance from the truth in ULP of the truth.

**Scaled error** allows for the condition of the problem. 1 − x for x close to 1 has few digits if x was rounded before, whatever
the code does. So the inputs are moved by a relative 10⁻³⁰, up and down in several patterns, at ${report.digits} digits, which shows how far
the truth moves when the inputs move in their last place; where that is more than an ULP of the truth, it is the unit. An error
of 1 then means: what inputs that are off in their last place do by themselves. Where nothing cancels the two errors are the same.

**Other packages** get the same cases, by the formula that their users write, and the same scaling: the median error, and the share of
values that is *lost*, not a number or without a single right digit. (${Object.entries(report.peers)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}; Node ${report.node}.)

\`npm run accuracy\` makes all of this anew. The tests run part of it each time, the worst cases among it, and fail when a function
gets worse than ${LIMIT} ULP, or than its exception says.

${Object.entries(report.folders).map(folder).join("\n")}
## Above ${LIMIT} ULP

${exceptions.length === 0 ? "No function is." : exceptions.map(({ name, exception }) => `- ${shown(name)}, up to ${exception?.ulp} ULP: ${exception?.reason}`).join("\n")}

## Where digits are still lost

- With a million answers, range/β beyond 10¹⁴: the gaps between rewards are cut to what still tells neighbours apart, and each
  answer meets the law of hard selection.
- Probabilities below 10⁻³⁰⁸ are subnormal doubles, of fewer digits; their logarithms, in \`logMass\`, keep theirs.

## Not in the tables

What gives no float64 value of its own, or promises an accuracy of another kind:

${unmeasured.map(({ names, reason }) => `- ${names.map((name) => `\`${name}\``).join(", ")}: ${reason}`).join("\n")}
`;
}

function folder([name, list]: [string, readonly Assessment[]]): string {
  const peers = list.some((a) => Object.keys(a.peers).length > 0);
  const rows = list.map((a) => {
    const cells = [shown(a.name), a.scaled.max, a.scaled.mean, a.plain.max, a.plain.mean];
    const row = cells.map((cell) => (typeof cell === "number" ? ulps(cell) : cell));
    return `| ${[...row, ...(peers ? [others(a)] : [])].join(" | ")} |`;
  });
  const head = ["Function", "Scaled: max", "mean", "Plain: max", "mean", ...(peers ? ["Other packages, scaled"] : [])];
  return `## ${name}

| ${head.join(" | ")} |
|${head.map((_, i) => (i > 0 && i < 5 ? "---:|" : "---|")).join("")}
${rows.join("\n")}

<details>
<summary>Domains and worst inputs</summary>

${list.map((a) => `- ${shown(a.name)}, ${numberOf(a)}: ${a.domain}. Worst: ${where(a.worst)}`).join("\n")}

</details>
`;
}

const others = ({ peers }: Assessment) =>
  Object.entries(peers)
    .map(([name, { median, failed }]) => {
      const lost = failed === 0 ? "" : `, ${failed < 0.01 ? "under 1" : Math.round(100 * failed)} % lost`;
      return `${name} ${Number.isFinite(median) ? `${ulps(median)}${lost}` : lost.slice(2)}`;
    })
    .join("; ");

const numberOf = ({ cases, fixtures }: Assessment) =>
  `${cases} cases${fixtures > 0 ? ` and ${fixtures} fixed ones` : ""}`;

function where({ at, entry, size, inputs, got, want }: Worst): string {
  const text = inputs === undefined ? `${size} numbers` : Object.entries(inputs).map(given).join(", ");
  const which = at.startsWith("#") ? `case ${at.slice(1)}` : `\`${at}\``;
  return `${which}, ${text}: value ${entry} is \`${want}\`, given as \`${got}\`.`;
}

function given([name, value]: [string, unknown]): string {
  const text = JSON.stringify(value, (_, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x));
  const plain = text.replaceAll('"', "").replaceAll(",", ", ");
  return `${name} = \`${plain.length > 160 ? `${plain.slice(0, 150)}…` : plain}\``;
}

/** `tilt().mass` as the function, which leads to its page, and the part. */
const shown = (name: string) => {
  const [, called, part] = /^(\w+)(?:\(\)\.|, )(.*)$/.exec(name) ?? [];
  return called === undefined ? `\`${name}\`` : `\`${called}\` ${part}`;
};

/** Two digits; powers of ten from a thousand on. */
function ulps(x: number): string {
  if (x === 0) return "0";
  if (!Number.isFinite(x)) return "∞";
  if (x < 0.01) return "< 0.01";
  if (x < 1000) return String(Number(x.toPrecision(2)));
  const [mantissa, exponent] = x.toExponential(0).split("e+");
  const raised = [...exponent].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
  return `${mantissa}·10${raised}`;
}
