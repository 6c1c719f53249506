import { byId, element, markup, symbols, write } from "./dom.js";
import { brief, exact } from "./format.js";
import { matchedBetaIf, RANGES, readNumber, type Settings } from "./view.js";

/** The steps of a slider: fine enough that one is a change of about 1%. */
const STEPS = 600;

/** A number of the settings that a slider and a field move. */
interface Knob {
  readonly id: string;
  readonly title: string;
  /** Its symbol, as markup. */
  readonly symbol: string;
  /** The same in plain letters. */
  readonly plain: string;
  /** The ends of the slider, which is logarithmic; the field takes more. */
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  readonly value: (settings: Settings) => number;
  /** The settings with the knob at a value. */
  readonly turned: (settings: Settings, value: number) => Settings;
  readonly error: (settings: Settings, value: number) => string | undefined;
  /** Values at which two methods become one: the slider catches on them. */
  readonly catches?: (settings: Settings) => readonly { readonly at: number; readonly settings: Settings }[];
  /** A box that makes the knob follow β_hf. */
  readonly follows?: { readonly label: string; readonly field: "tied" | "matched" };
  /** Another number that the knob says. */
  readonly note?: { readonly symbol: string; readonly value: (settings: Settings) => number };
}

const must = ({ fits, must }: { fits: (x: number) => boolean; must: string }, x: number) =>
  fits(x) ? undefined : `must ${must}`;

const KNOBS: readonly Knob[] = [
  {
    id: "beta",
    title: "RLHF temperature",
    symbol: "<i>β</i><sub>hf</sub>",
    plain: "β_hf",
    least: 0.01,
    most: 100,
    whole: false,
    value: ({ beta }) => beta,
    turned: (settings, beta) => ({ ...settings, beta }),
    error: (_, x) => must(RANGES.beta, x),
  },
  {
    id: "tts",
    title: "Soft best-of-N",
    symbol: "<i>β</i><sub>tts</sub>",
    plain: "β_tts",
    least: 0.01,
    most: 100,
    whole: false,
    value: ({ betaTts }) => betaTts,
    turned: (settings, betaTts) => ({ ...settings, betaTts, tied: false }),
    error: (_, x) => must(RANGES.betaTts, x),
    catches: (settings) => [{ at: settings.beta, settings: { ...settings, betaTts: settings.beta, tied: false } }],
    follows: { label: "Keep equal to β_hf", field: "tied" },
  },
  {
    id: "n",
    title: "Draws",
    symbol: "<i>N</i>",
    plain: "N",
    least: 1,
    most: 2 ** 20,
    whole: true,
    value: ({ n }) => n,
    turned: (settings, n) => ({ ...settings, n }),
    error: (_, x) => must(RANGES.n, x),
  },
  {
    id: "length",
    title: "Tokens in an answer",
    symbol: "<i>L</i>",
    plain: "L",
    least: 1,
    most: 1024,
    whole: true,
    value: ({ length }) => length,
    turned: (settings, length) => ({ ...settings, length }),
    error: (_, x) => must(RANGES.length, x),
  },
  {
    id: "lbeta",
    title: "RLIF temperature",
    symbol: "<i>Lβ</i><sub>if</sub>",
    plain: "Lβ_if",
    least: 0.1,
    most: 100,
    whole: false,
    value: ({ length, betaIf }) => length * betaIf,
    turned: (settings, x) => ({ ...settings, betaIf: x / settings.length, matched: false }),
    error: ({ length }, x) => must(RANGES.betaIf, x / length),
    catches: (settings) =>
      [settings.beta, settings.betaTts]
        .filter((beta) => beta > 0)
        .map((beta) => ({
          at: beta + 1,
          settings: { ...settings, betaIf: matchedBetaIf(beta, settings.length), matched: false },
        })),
    follows: { label: "Keep equal to β_hf + 1", field: "matched" },
    note: { symbol: "β_if", value: ({ betaIf }) => betaIf },
  },
];

interface Drawn {
  readonly knob: Knob;
  readonly field: HTMLInputElement;
  readonly slider: HTMLInputElement;
  readonly error: HTMLElement;
  readonly mark: HTMLElement;
  readonly note: HTMLElement;
  readonly box: HTMLInputElement | undefined;
}

/** The sliders and fields of the temperatures. */
export class Knobs {
  readonly #drawn: readonly Drawn[];
  #settings: Settings | undefined;

  /** @param turn what happens when a knob is turned */
  constructor(turn: (settings: Settings) => void) {
    this.#drawn = KNOBS.map((knob) => {
      const drawn = makeKnob(knob);
      const { field, slider, error, box } = drawn;
      field.addEventListener("input", () => {
        const x = readNumber(field.value);
        const said = knob.error(this.#now(), x);
        say(drawn, said);
        if (said === undefined) turn(knob.turned(this.#now(), x));
      });
      field.addEventListener("change", () => {
        if (error.textContent !== "") field.value = exact(knob.value(this.#now()));
        say(drawn, undefined);
      });
      slider.addEventListener("input", () => {
        const at = Number(slider.value);
        const caught = knob.catches?.(this.#now()).find((c) => positionOf(knob, c.at) === at);
        turn(caught?.settings ?? knob.turned(this.#now(), valueAt(knob, at)));
      });
      box?.addEventListener("change", () => {
        if (knob.follows) turn({ ...this.#now(), [knob.follows.field]: box.checked });
      });
      return drawn;
    });
  }

  draw(settings: Settings): void {
    this.#settings = settings;
    for (const drawn of this.#drawn) {
      const { knob, field, slider, mark, note, box } = drawn;
      const value = knob.value(settings);
      if (readNumber(field.value) !== value) {
        field.value = exact(value);
        say(drawn, undefined);
      }
      slider.value = String(positionOf(knob, value));
      slider.setAttribute("aria-valuetext", brief(value));
      const [target] = knob.catches?.(settings) ?? [];
      if (target !== undefined) mark.style.setProperty("--at", String(positionOf(knob, target.at) / STEPS));
      if (knob.note) write(note, brief(knob.note.value(settings)));
      if (box && knob.follows) box.checked = settings[knob.follows.field];
    }
  }

  #now(): Settings {
    if (this.#settings === undefined) throw new Error("nothing is drawn yet");
    return this.#settings;
  }
}

function makeKnob(knob: Knob): Drawn {
  const { id, title, symbol, plain, follows } = knob;
  const field = element("input", {
    id,
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-describedby": `${id}-error`,
  });
  const slider = element("input", {
    id: `${id}-slider`,
    type: "range",
    min: 0,
    max: STEPS,
    step: 1,
    "aria-label": `${title} ${plain}, slider`,
  });
  const error = element("p", { class: "error", id: `${id}-error`, role: "alert" });
  const mark = element("span", { class: "mark", "aria-hidden": "true", hidden: knob.catches === undefined });
  const note = element("output", { for: id });
  const label = element("label", { for: id }, `${title} `, markup(`<span class="symbol">${symbol}</span>`));
  const box = follows && element("input", { type: "checkbox", id: `${id}-follows` });
  const foot = element("div", { class: "foot" });
  if (box && follows) foot.append(element("label", { for: box.id }, box, " ", symbols(follows.label)));
  if (knob.note) foot.append(element("span", {}, symbols(knob.note.symbol), " = ", note));
  const track = element("div", { class: "track" }, slider, mark);
  byId("knobs").append(element("div", { class: "knob" }, label, field, track, foot, error));
  return { knob, field, slider, error, mark, note, box };
}

function say({ field, error, knob }: Drawn, message: string | undefined): void {
  field.toggleAttribute("aria-invalid", message !== undefined);
  if (message !== undefined) field.setAttribute("aria-invalid", "true");
  write(error, message === undefined ? "" : `${knob.plain} ${message}.`);
}

/** Three digits, or a whole number. */
/** The settings with each slider at a share of its way. */
export function slidersAt(settings: Settings, share: (knob: number) => number): Settings {
  return KNOBS.reduce((turned, knob, i) => knob.turned(turned, valueAt(knob, share(i) * STEPS)), settings);
}

function valueAt({ least, most, whole }: Knob, position: number): number {
  const x = least * (most / least) ** (position / STEPS);
  return whole ? Math.round(x) : Number(x.toPrecision(3));
}

function positionOf({ least, most }: Knob, value: number): number {
  const x = Math.min(most, Math.max(least, value));
  return Math.round((Math.log(x / least) / Math.log(most / least)) * STEPS);
}
