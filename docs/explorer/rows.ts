import { byId, element, write } from "./dom.js";
import { exact, show } from "./format.js";
import { LAWS, type Laws } from "./laws.js";
import { type AnswerSet, CELLS, MOST_ANSWERS, readNumber, wholeSetError } from "./view.js";
import { LAW_WORDS } from "./words.js";

/** So many answers are shown at a time: more fields would make every update of the page slow. */
const PAGE = 20;

/** An answer as text: what its fields hold. */
interface Texts {
  label: string;
  mass: string;
  reward: string;
  gold: string;
}

const COLUMN_NAMES: Readonly<Record<keyof Texts, string>> = {
  label: "Label",
  mass: "Reference mass",
  reward: "Reward",
  gold: "Gold reward",
};

interface Row {
  readonly root: HTMLTableRowElement;
  readonly fields: Readonly<Record<keyof Texts, HTMLInputElement>>;
  readonly remove: HTMLButtonElement;
  /** The probability under each law. */
  readonly cells: readonly HTMLElement[];
}

/** The table in which the answers are edited, beside their probability under each law. */
export class Rows {
  readonly #body = element("tbody");
  readonly #massHead = element("th", { scope: "col" });
  readonly #error = byId("set-error");
  readonly #change: (set: AnswerSet) => void;
  #texts: Texts[] = [];
  /** The first answer that the page shows. */
  #from = 0;
  #rows: Row[] = [];
  #set: AnswerSet | undefined;
  #laws: Laws | undefined;

  /** @param change what happens when the set was edited into another */
  constructor(change: (set: AnswerSet) => void) {
    this.#change = change;
    const head = element("tr", {}, element("th", { scope: "col" }, "Answer"), this.#massHead);
    head.append(element("th", { scope: "col" }, "Reward"), element("th", { scope: "col" }, "Gold"));
    for (const law of LAWS) {
      head.append(element("th", { scope: "col", class: "law", "data-law": law }, LAW_WORDS[law].title));
    }
    head.append(element("th", { scope: "col" }, element("span", { class: "unseen" }, "Remove")));
    byId("rows").append(element("thead", {}, head), this.#body);
    byId("add-row").addEventListener("click", () => this.#add());
    byId("sort-rows").addEventListener("click", () => this.#sort());
    byId("rows-before").addEventListener("click", () => this.#turn(this.#from - PAGE));
    byId("rows-after").addEventListener("click", () => this.#turn(this.#from + PAGE));
  }

  /** Draws the set where it is another than the one in the fields, and the laws. */
  draw(set: AnswerSet, laws: Laws): void {
    this.#laws = laws;
    if (set !== this.#set) {
      this.#set = set;
      this.#texts = set.labels.map((label, i) => {
        const gold = set.gold[i];
        const [mass, reward] = [exact(set.mass[i]), exact(set.reward[i])];
        return { label, mass, reward, gold: gold === undefined ? "" : exact(gold) };
      });
      write(this.#massHead, set.logarithmic ? "log ref mass" : "Ref mass");
      write(this.#error, "");
      this.#turn(this.#from);
    } else this.#drawLaws();
  }

  #drawLaws(): void {
    for (const [i, { cells }] of this.#rows.entries()) {
      for (const [j, law] of LAWS.entries()) {
        write(cells[j], show(this.#laws?.[law].mass[this.#from + i] ?? Number.NaN));
      }
    }
  }

  /** Shows the page that an answer is on. */
  #turn(place: number): void {
    const size = this.#texts.length;
    this.#from = PAGE * Math.floor(Math.min(Math.max(place, 0), size - 1) / PAGE);
    const end = Math.min(this.#from + PAGE, size);
    this.#rows = this.#texts.slice(this.#from, end).map((texts, i) => this.#makeRow(texts, this.#from + i));
    this.#body.replaceChildren(...this.#rows.map((row) => row.root));
    byId("pager").hidden = size <= PAGE;
    write(byId("page-shown"), `Answers ${this.#from + 1} to ${end} of ${size}`);
    byId("rows-before").setAttribute("aria-disabled", String(this.#from === 0));
    byId("rows-after").setAttribute("aria-disabled", String(end === size));
    this.#drawLaws();
  }

  #makeRow(texts: Texts, place: number): Row {
    const make = (column: keyof Texts) => {
      const field = element("input", {
        type: "text",
        class: column,
        "aria-label": nameOf(column, place),
        autocomplete: "off",
        ...(column !== "label" && { inputmode: "decimal" }),
      });
      field.value = texts[column];
      field.addEventListener("input", () => {
        texts[column] = field.value;
        this.#read();
      });
      return field;
    };
    const fields = { label: make("label"), mass: make("mass"), reward: make("reward"), gold: make("gold") };
    const remove = element(
      "button",
      { type: "button", "aria-label": `Remove answer ${place + 1}`, class: "remove" },
      "×",
    );
    remove.addEventListener("click", () => this.#remove(place));
    const cells = LAWS.map((law) => element("td", { class: "law", "data-law": law }));
    const root = element("tr", {}, element("th", { scope: "row" }, fields.label));
    root.append(...[fields.mass, fields.reward, fields.gold].map((field) => element("td", {}, field)));
    root.append(...cells, element("td", {}, remove));
    return { root, fields, remove, cells };
  }

  /** The set that the texts are, where all of them can be read; what cannot be is said and marked. */
  #read(): void {
    const logarithmic = this.#set?.logarithmic ?? false;
    const complaints: string[] = [];
    const numbers = (column: Exclude<keyof Texts, "label">) => {
      const { fits, must } = CELLS[column === "mass" && logarithmic ? "logMass" : column];
      return this.#texts.map((texts, i) => {
        const text = texts[column];
        const empty = column === "gold" && text.trim() === "";
        const x = readNumber(text);
        const ok = empty || fits(x);
        const field = this.#rows[i - this.#from]?.fields[column];
        if (ok) field?.removeAttribute("aria-invalid");
        else {
          field?.setAttribute("aria-invalid", "true");
          complaints.push(`${nameOf(column, i)} must ${must}, got “${text}”.`);
        }
        return empty ? undefined : x;
      });
    };
    const set: AnswerSet = {
      name: this.#set?.name ?? "",
      logarithmic,
      labels: this.#texts.map(({ label }) => label),
      mass: numbers("mass") as number[],
      reward: numbers("reward") as number[],
      gold: numbers("gold"),
    };
    const error = complaints[0] ?? wholeSetError(set);
    write(this.#error, error ?? "");
    if (error !== undefined) return;
    // The fields hold the set already, and keep their texts and the caret.
    this.#set = set;
    this.#change(set);
  }

  #add(): void {
    const size = this.#texts.length;
    if (size >= MOST_ANSWERS) {
      write(this.#error, `The page takes at most ${MOST_ANSWERS} answers.`);
      return;
    }
    const mass = this.#set?.logarithmic ? "−∞" : "0";
    this.#texts.push({ label: `answer ${size + 1}`, mass, reward: "0", gold: "" });
    this.#turn(size);
    this.#read();
    const { label } = this.#rows[size - this.#from].fields;
    label.focus();
    label.select();
  }

  #remove(place: number): void {
    if (this.#texts.length === 1) {
      write(this.#error, "An answer set needs at least one answer.");
      return;
    }
    this.#texts.splice(place, 1);
    const next = Math.min(place, this.#texts.length - 1);
    this.#turn(next);
    this.#read();
    this.#rows[next - this.#from].remove.focus();
  }

  #sort(): void {
    this.#texts.sort((a, b) => readNumber(a.reward) - readNumber(b.reward));
    this.#turn(this.#from);
    this.#read();
  }
}

function nameOf(column: keyof Texts, place: number): string {
  return `${COLUMN_NAMES[column]} of answer ${place + 1}`;
}
