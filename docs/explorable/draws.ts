import { type Distribution, normalize } from "exptilt";
import { element, svgElement, write } from "../explorer/dom.js";
import { brief, show } from "../explorer/format.js";
import { whileIdle } from "../explorer/idle.js";
import { problemOf } from "../explorer/laws.js";
import type { AnswerSet } from "../explorer/view.js";
import { BarChart, type Bars, barsKey, short } from "./bars.js";
import { bestPoint } from "./best.js";
import { drawsCode } from "./code.js";
import { Curves, drawsUpTo, MOST_DRAWS, type Point, pointOf } from "./curves.js";
import { drawsOf, lawOf, METHOD_WORDS, METHODS, type Method, readingAt } from "./methods.js";
import { type Dot, type Line, type Note, Picture, SHAPES } from "./picture.js";
import { Play } from "./play.js";
import { linear, logarithmic, roundRange } from "./scale.js";
import { sentenceOf } from "./sentence.js";

/** What is shown of one answer set. */
export interface Shown {
  readonly set: AnswerSet;
  readonly method: Method;
  readonly n: number;
  readonly beta: number;
}

/** The least and the greatest of what is drawn. */
interface Extent {
  readonly gold: [number, number];
  readonly reward: [number, number];
  kl: number;
}

export type Change = Partial<Pick<Shown, "method" | "n" | "beta">>;

/** How long nothing moves before the sentence follows. */
const REST = 250;

/** Above so many answers a vote takes longer than a frame: it is counted when the controls rest. */
const QUICK_VOTES = 30;

const PANELS = [
  { title: "Gold", share: 0.62 },
  { title: "Reward", share: 0.38 },
];

/** Best-of-N and its kin on one answer set: gold and reward against N and against KL, and the answers' bars. */
export class Draws {
  readonly root: HTMLElement;
  readonly tools: HTMLElement;
  readonly #turn: (change: Change) => void;
  readonly #overN: Picture;
  readonly #overKl: Picture;
  readonly #bars = new BarChart();
  readonly #pictures = element("div", { class: "pictures" });
  readonly #answers = element("div", { class: "answers" });
  readonly #head = element("div", { class: "answers-head" });
  readonly #key = element("div", {});
  readonly #lawName = element("strong", {});
  readonly #sentence = element("p", { class: "sentence", role: "status" });
  readonly #radios: Readonly<Record<Method, HTMLInputElement>>;
  readonly #figures: Readonly<Record<"gold" | "reward" | "kl", HTMLElement>>;
  readonly #play: Play;
  #shown: Shown | undefined;
  #curves: Curves | undefined;
  #of: Bars | undefined;
  #ref: Float64Array | undefined;
  #law: Distribution<number> | undefined;
  #vote: Point | undefined;
  #extent: Extent = { gold: [0, 1], reward: [0, 1], kl: 1 };
  /** Where the chosen method has the most gold, once that is known. */
  #best: { readonly of: string; readonly point: Point | undefined } | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #stopIdle: (() => void) | undefined;

  /** @param turn what happens when a control is moved */
  constructor(turn: (change: Change) => void) {
    this.#turn = turn;
    const play = element("button", { type: "button", class: "play" });
    this.tools = element("div", { class: "tools" }, play);
    this.#overN = new Picture({
      label: "Gold and reward against the number of draws",
      panels: PANELS,
      axis: "draws N",
      labelled: true,
      slider: {
        label: "Number of draws N",
        move: (to) => this.#moveN(to),
        step: (by) => this.#stepN(by),
        end: (last) => this.#moveN(last ? this.#most : 1),
      },
    });
    this.#overKl = new Picture({
      label: "Gold and reward against the KL divergence from ref",
      panels: PANELS,
      axis: "KL to ref, nats",
      labelled: false,
      slider: {
        label: "Temperature β, by the KL of the RLHF optimum",
        move: (kl) => this.#moveBeta(this.#curves?.betaAt(kl) ?? 1),
        step: (by) => this.#moveBeta((this.#shown?.beta ?? 1) * 2 ** (-by / 8)),
        end: (last) => this.#moveBeta(this.#curves?.betas[last ? 0 : 1] ?? 1),
      },
    });
    const chosen = (method: Method) => {
      const radio = element("input", { type: "radio", name: "explorable-method", value: method });
      radio.addEventListener("change", () => this.#turn({ method }));
      return [method, radio] as const;
    };
    this.#radios = Object.fromEntries(METHODS.map(chosen)) as Record<Method, HTMLInputElement>;
    const methods = element("fieldset", { class: "methods" }, element("legend", {}, "Method"));
    for (const method of METHODS) {
      const sample = svgElement("svg", { class: "sample", width: 34, height: 12, viewBox: "-17 -6 34 12" });
      sample.setAttribute("aria-hidden", "true");
      sample.append(
        svgElement("path", { class: "line", d: "M-17 0H17" }),
        svgElement("path", { class: "dot", d: SHAPES[METHODS.indexOf(method)], transform: "scale(0.85)" }),
      );
      const { title } = METHOD_WORDS[method];
      methods.append(element("label", { "data-series": method }, this.#radios[method], sample, title));
    }
    const figure = (name: string, title: string) => {
      const value = element("output", { "data-figure": name });
      return [value, element("span", {}, `${title} `, value)] as const;
    };
    const figures = { gold: figure("gold", "gold"), reward: figure("reward", "reward"), kl: figure("kl", "KL") };
    this.#figures = { gold: figures.gold[0], reward: figures.reward[0], kl: figures.kl[0] };
    const shown = Object.values(figures).map(([, made]) => made);
    this.#head.append(element("p", { class: "readings" }, this.#lawName, ...shown), this.#key);
    this.#pictures.append(this.#overN.svg, this.#overKl.svg);
    this.#answers.append(this.#head, this.#bars.svg);
    this.root = element("div", { class: "draws" }, methods, this.#pictures, this.#sentence, this.#answers);
    this.#play = new Play(
      play,
      () => Math.log2(this.#shown?.n ?? 1) / Math.log2(this.#most),
      (share) => this.#moveN(2 ** (share * Math.log2(this.#most)), true),
      () => Math.log2(this.#most),
    );
    new ResizeObserver(() => this.#resize()).observe(this.#pictures);
  }

  /** Where the axis of N ends. */
  get #most(): number {
    return Math.max(MOST_DRAWS, 2 ** Math.ceil(Math.log2(this.#shown?.n ?? 1)));
  }

  get code(): string {
    if (this.#shown === undefined || this.#curves === undefined) return "";
    const { set, method, n, beta } = this.#shown;
    return drawsCode(set, this.#curves.problem, method, n, beta);
  }

  stop(): void {
    this.#play.stop();
  }

  show(shown: Shown): void {
    const before = this.#shown;
    if (shown.set !== before?.set) this.#take(shown.set);
    if (shown.n !== before?.n || shown.set !== before.set) this.#vote = undefined;
    this.#shown = shown;
    this.#draw();
    this.#stopIdle?.();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#rest(), REST);
  }

  #take(set: AnswerSet): void {
    const problem = problemOf(set);
    this.#curves = new Curves(problem);
    this.#ref = normalize(problem.ref).mass;
    const { gold, reward } = problem;
    this.#of = {
      labels: set.labels,
      order: reward,
      below: (i, named) => (named ? `${set.labels[i]} · ${short(reward[i])}` : short(reward[i])),
      caption: "reward of the answer",
      ...(gold && { gold }),
    };
    this.#key.replaceChildren(barsKey("one draw of ref", gold));
    this.root.toggleAttribute("data-no-gold", gold === undefined);
    this.#extent = { gold: [Infinity, -Infinity], reward: [Infinity, -Infinity], kl: 0 };
    this.#best = undefined;
    this.#extend([...this.#curves.frontier, ...this.#curves.along("best", 0, MOST_DRAWS)]);
  }

  /** Makes room for points: the axes only grow while one set is shown, so that what is dragged keeps its scale. */
  #extend(points: readonly Point[]): void {
    const { gold, reward } = this.#extent;
    for (const point of points) {
      for (const [ends, x] of [
        [gold, point.gold],
        [reward, point.reward],
      ] as const) {
        if (!Number.isFinite(x)) continue;
        ends[0] = Math.min(ends[0], x);
        ends[1] = Math.max(ends[1], x);
      }
      if (Number.isFinite(point.kl)) this.#extent.kl = Math.max(this.#extent.kl, point.kl);
    }
  }

  #draw(): void {
    const [shown, curves, of] = [this.#shown, this.#curves, this.#of];
    if (shown === undefined || curves === undefined || of === undefined) return;
    const { method, n, beta, set } = shown;
    const { problem } = curves;
    const most = this.#most;
    const slow = method === "vote" && set.labels.length > QUICK_VOTES;
    if (!slow) this.#law = lawOf(method, problem, n, beta);

    const points = new Map<Method, Point>();
    for (const each of METHODS) {
      if (each === "vote" && (method !== "vote" || slow)) continue;
      points.set(each, pointOf(drawsOf(each, n), readingAt(each, problem, n, beta)));
    }
    if (this.#vote !== undefined) points.set("vote", this.#vote);
    const rlhf = points.get("rlhf") as Point;

    const [linesN, linesKl]: [Line[], Line[]] = [[], []];
    const [dotsN, dotsKl]: [Dot[], Dot[]] = [[], []];
    for (const each of METHODS) {
      const chosen = each === method;
      const about = { series: each, chosen };
      if (each === "rlhf") {
        const level = [1, most].map((at) => [at, rlhf.gold, rlhf.reward]);
        linesN.push({ ...about, points: level, label: METHOD_WORDS[each].title });
        linesKl.push({ ...about, points: curves.frontier.map(({ kl, gold, reward }) => [kl, gold, reward]) });
      } else {
        // While something is dragged only the chosen curve follows; the others come when the page is idle.
        const along = chosen || each === "best" ? curves.along(each, beta, most) : curves.last(each);
        this.#extend(along);
        linesN.push({
          ...about,
          points: along.map(({ at, gold, reward }) => [at, gold, reward]),
          label: METHOD_WORDS[each].title,
        });
        linesKl.push({ ...about, points: along.map(({ kl, gold, reward }) => [kl, gold, reward]) });
      }
      const point = points.get(each);
      if (point === undefined) continue;
      const shape = METHODS.indexOf(each);
      if (each !== "rlhf") dotsN.push({ ...about, shape, point: [point.at, point.gold, point.reward] });
      dotsKl.push({ ...about, shape, point: [point.kl, point.gold, point.reward] });
    }
    const klMost = this.#extent.kl > 0 ? this.#extent.kl : 1;
    const axis = (ends: readonly [number, number]) => (span: readonly [number, number]) =>
      linear(roundRange(ends), span);
    const { gold, reward } = this.#extent;
    const y = [problem.gold && axis(gold), axis(reward)];
    this.#overN.draw({
      x: (span) => logarithmic(most, span),
      y,
      lines: inFront(linesN),
      dots: inFront(dotsN),
      notes: this.#peak(shown),
      knob: { at: n, text: `N = ${brief(n)}`, least: 1, most },
    });
    this.#overKl.draw({
      x: (span) => linear([0, 1.02 * klMost], span),
      y,
      lines: inFront(linesKl),
      dots: inFront(dotsKl),
      notes: this.#notes(points.get(method), curves),
      knob: { at: Math.min(rlhf.kl, klMost), text: `β = ${brief(beta)}`, least: 0, most: klMost },
    });
    if (this.#ref !== undefined && this.#law !== undefined) this.#bars.draw(of, this.#ref, this.#law.mass, method);

    this.#radios[method].checked = true;
    this.root.setAttribute("data-method", method);
    write(this.#lawName, capital(METHOD_WORDS[method].at(brief(drawsOf(method, n)))));
    const point = points.get(method);
    // A slow vote is shown when the controls rest: until then the bars are those of before, and pale.
    this.root.toggleAttribute("data-waiting", point === undefined);
    for (const name of ["gold", "reward", "kl"] as const) {
      write(this.#figures[name], point === undefined ? "…" : show(point[name]));
    }
  }

  /** In the picture over N: where the chosen method has the most gold, where that is between the ends. */
  #peak({ method, n, beta }: Shown): Note[] {
    const { of, point } = this.#best ?? {};
    if (point === undefined || of !== curveName(method, beta) || method === "rlhf") return [];
    if (point.at === 1 || point.at >= this.#most || point.at === n) return [];
    const text = `most at N = ${brief(point.at)}`;
    return [{ series: method, point: [point.at, point.gold, point.reward], text, where: "above" }];
  }

  /** In the picture over KL: which point is the chosen one, and which line is the frontier. */
  #notes(point: Point | undefined, curves: Curves): Note[] {
    const { frontier } = curves;
    const method = this.#shown?.method ?? "best";
    const height = ({ gold, reward }: Point) => (Number.isNaN(gold) ? reward : gold);
    const far = frontier.find(({ kl }) => kl >= 0.7 * this.#extent.kl) ?? frontier[frontier.length - 1];
    const line: Note = {
      series: "rlhf",
      point: [far.kl, far.gold, far.reward],
      text: "RLHF optima, every β",
      // Where the frontier rises there is room above it on its left, else on its right.
      where: height(frontier[frontier.length - 1]) > height(far) ? "left" : "right",
    };
    if (point === undefined || method === "rlhf") return [line];
    // Where the curve goes on up there is room below it.
    const end = curves.last(method).at(-1);
    const where = end !== undefined && height(end) > height(point) ? "below" : "right";
    const text = METHOD_WORDS[method].at(brief(point.at));
    return [line, { series: method, point: [point.kl, point.gold, point.reward], text, where }];
  }

  /** What may wait until the controls rest: votes, the sentence, and the curves of the other methods. */
  #rest(): void {
    const [shown, curves, of] = [this.#shown, this.#curves, this.#of];
    if (shown === undefined || curves === undefined || of === undefined) return;
    const { method, n, beta } = shown;
    const { problem } = curves;
    this.#vote = pointOf(drawsOf("vote", n), readingAt("vote", problem, n, beta));
    if (method === "vote") this.#law = lawOf(method, problem, n, beta);
    const at = method === "vote" ? this.#vote : pointOf(n, readingAt(method, problem, n, beta));
    const first = pointOf(1, readingAt("best", problem, 1, beta));
    const say = () => {
      const best = bestPoint(curves, method, beta, this.#most);
      this.#best = { of: curveName(method, beta), point: best };
      write(
        this.#sentence,
        sentenceOf(method, method === "rlhf" ? { ...at, at: beta } : at, best, first, drawsOf(method, n), beta),
      );
    };
    say();
    this.#draw();
    if (this.#law !== undefined) this.#bars.say(of, this.#law.mass);
    this.#stopIdle = whileIdle(() => {
      const missing = METHODS.find(
        (each) => each !== "rlhf" && each !== "vote" && !curves.has(each, beta, this.#most),
      ) as Exclude<Method, "rlhf"> | undefined;
      if (missing !== undefined) curves.along(missing, beta, this.#most);
      const more = missing !== undefined || curves.countVotes();
      if (more) this.#draw();
      else if (method === "vote") say();
      return more;
    });
  }

  #resize(): void {
    const { clientWidth: width } = this.#pictures;
    if (width === 0) return;
    const wide = width >= 720;
    const each = wide ? (width - 24) / 2 : width;
    const height = wide ? 350 : 290;
    this.#overN.resize(each, height);
    this.#overKl.resize(each, height);
    this.#bars.resize(width, wide ? 156 : 140);
    this.#draw();
  }

  #moveN(to: number, played = false): void {
    if (!played) this.#play.stop();
    const n = Math.min(this.#most, Math.max(1, Math.round(to)));
    if (n !== this.#shown?.n) this.#turn({ n });
  }

  /** To the next number of draws on the curves. */
  #stepN(by: number): void {
    const n = this.#shown?.n ?? 1;
    const ns = drawsUpTo(this.#most);
    const place = by > 0 ? ns.findIndex((x) => x > n) + by - 1 : ns.findLastIndex((x) => x < n) + by + 1;
    if (by > 0 ? n < this.#most : n > 1) this.#moveN(ns[Math.min(ns.length - 1, Math.max(0, place))]);
  }

  #moveBeta(to: number): void {
    const [least, most] = this.#curves?.betas ?? [1, 1];
    const beta = Number(Math.min(most, Math.max(least, to)).toPrecision(3));
    if (beta !== this.#shown?.beta) this.#turn({ beta });
  }
}

/** A curve over N by its method, and β where that matters. */
const curveName = (method: Method, beta: number) => `${method} ${METHOD_WORDS[method].usesBeta ? beta : ""}`;

/** What is chosen is drawn last, above the others. */
function inFront<T extends { readonly chosen?: boolean }>(all: readonly T[]): T[] {
  return [...all.filter(({ chosen }) => !chosen), ...all.filter(({ chosen }) => chosen)];
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
