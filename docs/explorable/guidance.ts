import { type Distribution, totalVariation } from "exptilt";
import { type AtomicData, ddimLaw, guidanceGap, guidedTarget } from "exptilt/diffusion";
import { element, write } from "../explorer/dom.js";
import { show } from "../explorer/format.js";
import { whileIdle } from "../explorer/idle.js";
import { BarChart, type Bars, barsKey } from "./bars.js";
import { type Asked, CASES, type Case, caseOf, dataOf } from "./cases.js";
import { Picture } from "./picture.js";
import { linear, roundRange } from "./scale.js";

/** The strengths that are shown, and the steps of the handle. */
const MOST = 10;
const STEP = 0.05;

const POINTS = 50;

/** The noise levels at which the predictors are compared. */
const LEVELS = Array.from({ length: 49 }, (_, i) => (i + 1) / 50);

/** What guidance aims at and what it gives, at one strength. */
interface Outcome {
  readonly w: number;
  readonly law: Distribution<number>;
  readonly target: Distribution<number>;
  readonly distance: number;
}

/** Guidance of three atoms on a line: the target that it states and what guided DDIM gives, exactly. */
export class Guidance {
  readonly root: HTMLElement;
  readonly tools: HTMLElement;
  readonly #turn: (asked: Asked) => void;
  readonly #list = element("select", {});
  readonly #overW: Picture;
  readonly #overSigma: Picture;
  readonly #bars = new BarChart();
  readonly #pictures = element("div", { class: "pictures" });
  readonly #sentence = element("p", { class: "sentence", role: "status" });
  readonly #distance = element("output", { "data-figure": "distance" });
  #case: Case | undefined;
  #data: AtomicData | undefined;
  #of: Bars | undefined;
  #along: Outcome[] = [];
  #asked: Asked | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #stopIdle: (() => void) | undefined;

  /** @param turn what happens when the strength or the case is changed */
  constructor(turn: (asked: Asked) => void) {
    this.#turn = turn;
    for (const { id, title } of CASES) this.#list.append(element("option", { value: id }, title));
    this.#list.addEventListener("change", () => turn({ id: this.#list.value, w: this.#asked?.w ?? 0 }));
    this.tools = element("div", { class: "tools" }, element("label", {}, "Atoms and classes ", this.#list));
    this.#overW = new Picture({
      label: "Probability of each atom, and the distance from the target, against the strength of guidance",
      panels: [
        { title: "Probability of each atom", share: 0.66 },
        { title: "Total variation from the target", share: 0.34 },
      ],
      axis: "guidance strength w",
      labelled: true,
      slider: {
        label: "Guidance strength w",
        move: (to) => this.#move(to),
        step: (by) => this.#move((this.#asked?.w ?? 0) + by * STEP),
        end: (last) => this.#move(last ? MOST : 0),
      },
    });
    this.#overSigma = new Picture({
      label: "How far the guided noise predictor is from that of the target, at each noise level",
      panels: [{ title: "Mean squared gap of the noise predictors", share: 1 }],
      axis: "noise level σ",
      labelled: false,
    });
    const readings = element("p", { class: "readings" }, element("strong", {}, "Guided DDIM"));
    readings.append(element("span", {}, "total variation from its target ", this.#distance));
    const head = element(
      "div",
      { class: "answers-head" },
      readings,
      barsKey("its target ∝ p(x|c)¹⁺ʷ p(x)⁻ʷ", undefined),
    );
    this.#pictures.append(this.#overW.svg, this.#overSigma.svg);
    this.root = element("div", { class: "guidance" });
    this.root.append(this.#pictures, this.#sentence, element("div", { class: "answers" }, head, this.#bars.svg));
    new ResizeObserver(() => this.#resize()).observe(this.#pictures);
  }

  get code(): string {
    if (this.#case === undefined || this.#asked === undefined) return "";
    const { atoms, classes, asked } = this.#case;
    const { w } = this.#asked;
    return `import { totalVariation } from "exptilt";
import { atomicData, ddimLaw, guidanceGap, guidedTarget } from "exptilt/diffusion";

const atoms = ${JSON.stringify(atoms.map((x) => [x]))};
const classes = ${JSON.stringify(classes)};
const data = atomicData({ atoms, classes });
const [law, target] = [ddimLaw(data, "${asked}", ${w}), guidedTarget(data, "${asked}", ${w})];
console.log(law.mass, target.mass);
console.log(totalVariation(law, target));
console.log(guidanceGap(data, "${asked}", ${w}, [0.1, 0.5, 0.9]));
`;
  }

  show(asked: Asked): void {
    const known = caseOf(asked.id) ?? CASES[0];
    if (known !== this.#case) this.#take(known);
    this.#asked = asked;
    this.#list.value = known.id;
    this.#draw();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#say(), 250);
  }

  #take(known: Case): void {
    this.#case = known;
    this.#data = dataOf(known);
    const labels = known.atoms.map((x) => `atom at ${place(x)}`);
    this.#of = { labels, order: known.atoms, below: (i) => labels[i], caption: "" };
    this.#along = [];
    this.#stopIdle?.();
    this.#stopIdle = whileIdle(() => {
      this.#along.push(this.#at((MOST * this.#along.length) / POINTS));
      this.#draw();
      return this.#along.length <= POINTS;
    });
  }

  #at(w: number): Outcome {
    const [data, asked] = [this.#data as AtomicData, (this.#case as Case).asked];
    const [law, target] = [ddimLaw(data, asked, w), guidedTarget(data, asked, w)];
    return { w, law, target, distance: totalVariation(law, target) };
  }

  #draw(): void {
    const [known, data, asked, of] = [this.#case, this.#data, this.#asked, this.#of];
    if (known === undefined || data === undefined || asked === undefined || of === undefined) return;
    if (this.#pictures.clientWidth === 0) return;
    const here = this.#at(asked.w);
    const gap = guidanceGap(data, known.asked, asked.w, LEVELS);
    const outputs = known.atoms.map((x, i) => ({
      series: `atom-${i}`,
      label: `atom at ${place(x)}`,
      points: this.#along.map(({ w, law }) => [w, law.mass[i], Number.NaN]),
    }));
    const targets = known.atoms.map((_, i) => ({
      series: `target-${i}`,
      label: "its target",
      points: this.#along.map(({ w, target }) => [w, target.mass[i], Number.NaN]),
    }));
    const distance = {
      series: "distance",
      points: this.#along.map((each) => [each.w, Number.NaN, each.distance]),
    };
    const dots = known.atoms.flatMap((_, i) => [
      { series: `target-${i}`, shape: i, point: [asked.w, here.target.mass[i], Number.NaN] },
      { series: `atom-${i}`, shape: i, point: [asked.w, here.law.mass[i], Number.NaN], chosen: true },
    ]);
    const distances = roundRange([0, here.distance, ...this.#along.map((each) => each.distance)]);
    this.#overW.draw({
      x: (span) => linear([0, MOST], span),
      y: [(span) => linear([0, 1], span), (span) => linear(distances, span)],
      lines: [...targets, ...outputs, distance],
      dots: [...dots, { series: "distance", shape: 0, point: [asked.w, Number.NaN, here.distance], chosen: true }],
      knob: { at: asked.w, text: `w = ${asked.w}`, least: 0, most: MOST },
    });
    this.#overSigma.draw({
      x: (span) => linear([0, 1], span),
      y: [(span) => linear(roundRange([0, 0.1, ...gap]), span)],
      lines: [{ series: "distance", points: LEVELS.map((sigma, i) => [sigma, gap[i]]), chosen: true }],
      dots: [],
    });
    this.#bars.draw(of, here.target.mass, here.law.mass, "guided");
    write(this.#distance, show(here.distance));
  }

  #say(): void {
    const [known, asked, of] = [this.#case, this.#asked, this.#of];
    if (known === undefined || asked === undefined || of === undefined) return;
    const { law, target, distance } = this.#at(asked.w);
    const off = (i: number) => law.mass[i] - target.mass[i];
    const order = [...known.atoms.keys()].sort((a, b) => off(b) - off(a));
    const [most, least] = [order[0], order[order.length - 1]];
    const puts = (i: number) =>
      `${show(law.mass[i])} on the atom at ${place(known.atoms[i])} (target ${show(target.mass[i])})`;
    const said =
      distance < 1e-9
        ? `At w = ${asked.w} guided DDIM gives p(x|c), its target.`
        : `At w = ${asked.w} guided DDIM puts ${puts(most)} and ${puts(least)}: it is not the tilt that it states.`;
    write(this.#sentence, said);
    this.#bars.say(of, law.mass);
  }

  #resize(): void {
    const { clientWidth: width } = this.#pictures;
    if (width === 0) return;
    const wide = width >= 720;
    const each = wide ? Math.floor((width - 24) / 2) : width;
    this.#overW.resize(each, wide ? 380 : 290);
    this.#overSigma.resize(each, wide ? 380 : 200);
    this.#bars.resize(width, wide ? 136 : 140);
    this.#draw();
  }

  #move(to: number): void {
    const w = Number((Math.round(Math.min(MOST, Math.max(0, to)) / STEP) * STEP).toFixed(2));
    if (w !== this.#asked?.w) this.#turn({ id: this.#case?.id ?? CASES[0].id, w });
  }
}

/** Where an atom lies. */
function place(x: number): string {
  return String(x).replace("-", "−");
}
