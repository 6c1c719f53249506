import { meanOverQueries } from "../../selection/choice/meanOverQueries.js";
import { rowName } from "../curve/methods.js";
import { legendLine, line, PANEL, type Panel, panel, picture, pixel, series } from "../picture/panel.js";
import { countedQueries } from "../terminal/countedQueries.js";
import type { Found } from "./found.js";

/** A candidate's means, to draw. */
interface Shown {
  readonly label: string;
  readonly n: number;
  readonly kl: number;
  readonly y: number;
  readonly error: number;
}

/** Gold (or reward) against N, and against KL with the frontier, with bands of one standard error; the best is marked. */
export function plotChoice(dataset: string, found: readonly Found[], sampled: boolean): string {
  const step = PANEL.height + PANEL.gap;
  const body = found.flatMap((one, i) => panels(one, found.length > 1, sampled, PANEL.top + 2 * i * step, step));
  const height = PANEL.top + 2 * found.length * step + 8;
  return picture(`Which N and β on ${dataset}, ${countedQueries(found[0].choice.queries)}`, height, body);
}

function panels(
  { choice, candidates }: Found,
  several: boolean,
  sampled: boolean,
  top: number,
  step: number,
): string[] {
  const all = candidates.all.map(({ method, beta, n, reward, gold, klToRef }): Shown => {
    const { mean, standardError } = meanOverQueries(gold ?? reward);
    const label = method === undefined ? `β = ${beta}` : rowName(method, beta);
    return { label, n, kl: meanOverQueries(klToRef).mean, y: mean, error: standardError };
  });
  const title = `Expected ${choice.by}${several ? ` by ${candidates.name}` : ""}`;
  const heights = all.flatMap(({ y, error }) => [y - error, y + error]);
  const best = all[choice.best.index];
  const againstN = panel({
    title: `${title} against the number of draws`,
    top,
    heights,
    across: all.map(({ n }) => n),
    logarithmic: true,
    name: "N",
  });
  const againstKl = panel({
    title: `${title} against KL to the reference, nats${sampled ? ", plug-in" : ""}`,
    top: top + step,
    heights,
    across: all.map(({ kl }) => kl),
    logarithmic: false,
    name: "KL",
  });
  const frontier = frontierOf(all);
  return [
    ...curves(againstN, all, ({ n }) => n, best),
    ...curves(againstKl, all, ({ kl }) => kl, best),
    line(againstKl, frontier, `class="limit" stroke="currentColor"`),
    ...legendLine(
      againstKl,
      new Set(all.map(({ label }) => label)).size,
      `class="limit" stroke="currentColor"`,
      "frontier",
    ),
  ];
}

function curves(frame: Panel, all: readonly Shown[], across: (one: Shown) => number, best: Shown): string[] {
  const out = [...frame.svg];
  for (const [c, label] of [...new Set(all.map((one) => one.label))].entries()) {
    const places = all
      .filter((one) => one.label === label)
      .map((one) => ({ x: across(one), y: one.y, error: one.error }));
    out.push(...series(frame, c, label, places));
  }
  const { x, y } = frame.at({ x: across(best), y: best.y });
  out.push(
    `<circle fill="none" stroke="currentColor" stroke-width="2" cx="${pixel(x)}" cy="${pixel(y)}" r="6"><title>best: ${best.label}, N = ${best.n}</title></circle>`,
  );
  return out;
}

/** The most that can be had within each KL, as steps. */
function frontierOf(all: readonly Shown[]): { readonly x: number; readonly y: number }[] {
  const steps: { x: number; y: number }[] = [];
  let most = -Infinity;
  for (const { kl, y } of [...all].sort((a, b) => a.kl - b.kl || b.y - a.y)) {
    if (!(y > most)) continue;
    if (steps.length > 0) steps.push({ x: kl, y: most });
    steps.push({ x: kl, y });
    most = y;
  }
  steps.push({ x: Math.max(...all.map(({ kl }) => kl)), y: most });
  return steps;
}
