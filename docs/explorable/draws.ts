import { type Distribution, normalize } from "exptilt";
import { element, write } from "../explorer/dom.js";
import { brief, show } from "../explorer/format.js";
import { whileIdle } from "../explorer/idle.js";
import { problemOf } from "../explorer/laws.js";
import type { AnswerSet } from "../explorer/view.js";
import { BarChart, type Bars, barsKey, short } from "./bars.js";
import { bestPoint } from "./best.js";
import { drawsCode } from "./code.js";
import { contentsOf } from "./content.js";
import { Curves, drawsUpTo, MOST_DRAWS, type Point, pointOf } from "./curves.js";
import { Extent } from "./extent.js";
import { MethodPicker } from "./methodPicker.js";
import { drawsOf, lawOf, METHOD_WORDS, METHODS, type Method, readingAt } from "./methods.js";
import { Picture } from "./picture.js";
import { Play } from "./play.js";
import { sentenceOf } from "./sentence.js";

/** What is shown of one answer set. */
export interface Shown {
  readonly set: AnswerSet;
  readonly method: Method;
  readonly n: number;
  readonly beta: number;
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
  readonly #methods = new MethodPicker((method) => this.#turn({ method }));
  readonly #figures: Readonly<Record<"gold" | "reward" | "kl", HTMLElement>>;
  readonly #play: Play;
  #shown: Shown | undefined;
  #curves: Curves | undefined;
  #of: Bars | undefined;
  #ref: ArrayLike<number> = [];
  #law: Distribution<number> | undefined;
  #vote: Point | undefined;
  #extent = new Extent();
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
    this.root = element("div", { class: "draws" }, this.#methods.root, this.#pictures, this.#sentence, this.#answers);
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
    this.#extent = new Extent();
    this.#extent.include(this.#curves.frontier);
    this.#best = undefined;
    this.#law = undefined;
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
    const best = this.#best?.of === curveName(method, beta) ? this.#best.point : undefined;
    const { overN, overKl } = contentsOf({ method, n, beta, curves, points, best, extent: this.#extent, most });
    this.#overN.draw(overN);
    this.#overKl.draw(overKl);
    this.#bars.draw(of, this.#ref, this.#law?.mass ?? [], method);

    this.#methods.draw(method);
    this.root.setAttribute("data-method", method);
    write(this.#lawName, capital(METHOD_WORDS[method].at(brief(drawsOf(method, n)))));
    const point = points.get(method);
    // A slow vote is shown when the controls rest: until then the bars are those of before, and pale.
    this.root.toggleAttribute("data-waiting", point === undefined);
    for (const name of ["gold", "reward", "kl"] as const) {
      write(this.#figures[name], point === undefined ? "…" : show(point[name]));
    }
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
    const each = wide ? Math.floor((width - 24) / 2) : width;
    // Beside words, as on the home page, all is to be in sight too.
    const beside = wide && width < 960;
    const height = wide && !beside ? 350 : 290;
    this.#overN.resize(each, height);
    this.#overKl.resize(each, height);
    this.#bars.resize(width, beside ? 118 : wide ? 156 : 140);
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

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
