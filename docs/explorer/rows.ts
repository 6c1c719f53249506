import { byId, element, write } from "./dom.js";
import { exact, show } from "./format.js";
import { LAWS, type Laws } from "./laws.js";
import { type AnswerSet, CELLS, MOST_ANSWERS, readNumber, wholeSetError } from "./view.js";
import { LAW_WORDS } from "./words.js";

type Column = "label" | "mass" | "reward" | "gold";

const COLUMNS: readonly Column[] = ["label", "mass", "reward", "gold"];

interface Row {
  readonly root: HTMLTableRowElement;
  readonly fields: Readonly<Record<Column, HTMLInputElement>>;
  readonly remove: HTMLButtonElement;
  /** The text of the probability under each law. */
  readonly cells: readonly HTMLElement[];
}

/** The table in which the answers are edited, beside their probability under each law. */
export class Rows {
  readonly #body = element("tbody");
  readonly #massHead = element("th", { scope: "col" });
  readonly #error = byId("set-error");
  readonly #change: (set: AnswerSet) => void;
  #rows: Row[] = [];
  #set: AnswerSet | undefined;

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
    this.#body.addEventListener("input", () => this.#read());
  }

  /** Draws the set where it is another than the one in the fields, and the laws. */
  draw(set: AnswerSet, laws: Laws): void {
    if (set !== this.#set) this.#fill(set);
    for (let i = 0; i < this.#rows.length; i++) {
      const { cells } = this.#rows[i];
      for (let j = 0; j < LAWS.length; j++) write(cells[j], show(laws[LAWS[j]].mass[i]));
    }
  }

  #fill(set: AnswerSet): void {
    this.#set = set;
    write(this.#massHead, set.logarithmic ? "log ref mass" : "Ref mass");
    this.#rows = set.labels.map((label, i) => {
      const gold = set.gold[i];
      return this.#makeRow(i, [label, exact(set.mass[i]), exact(set.reward[i]), gold === undefined ? "" : exact(gold)]);
    });
    this.#body.replaceChildren(...this.#rows.map((row) => row.root));
    write(this.#error, "");
  }

  #makeRow(place: number, texts: readonly string[]): Row {
    const names = ["Label", "Reference mass", "Reward", "Gold reward"];
    const fields = COLUMNS.map((column, j) => {
      const mode = column === "label" ? {} : { inputmode: "decimal" };
      const label = `${names[j]} of answer ${place + 1}`;
      const field = element("input", {
        type: "text",
        class: column,
        "aria-label": label,
        autocomplete: "off",
        ...mode,
      });
      field.value = texts[j];
      return field;
    });
    const remove = element(
      "button",
      { type: "button", "aria-label": `Remove answer ${place + 1}`, class: "remove" },
      "×",
    );
    remove.addEventListener("click", () => this.#remove(place));
    const cells = LAWS.map((law) => element("td", { class: "law", "data-law": law }));
    const [label, mass, reward, gold] = fields;
    const root = element("tr", {}, element("th", { scope: "row" }, label));
    root.append(...[mass, reward, gold].map((field) => element("td", {}, field)), ...cells, element("td", {}, remove));
    return { root, fields: { label, mass, reward, gold }, remove, cells };
  }

  /** The set in the fields, where all of them can be read; what cannot be is said and marked. */
  #read(): void {
    const logarithmic = this.#set?.logarithmic ?? false;
    const complaints: string[] = [];
    const numbers = (column: Exclude<Column, "label">) => {
      const { fits, must } = CELLS[column === "mass" && logarithmic ? "logMass" : column];
      return this.#rows.map(({ fields }) => {
        const field = fields[column];
        const empty = column === "gold" && field.value.trim() === "";
        const x = readNumber(field.value);
        const ok = empty || fits(x);
        if (ok) field.removeAttribute("aria-invalid");
        else {
          field.setAttribute("aria-invalid", "true");
          complaints.push(`${field.ariaLabel} must ${must}, got “${field.value}”.`);
        }
        return empty ? undefined : x;
      });
    };
    const set: AnswerSet = {
      name: this.#set?.name ?? "",
      logarithmic,
      labels: this.#rows.map(({ fields }) => fields.label.value),
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
    const place = this.#rows.length;
    if (place >= MOST_ANSWERS) {
      write(this.#error, `The page takes at most ${MOST_ANSWERS} answers.`);
      return;
    }
    const mass = this.#set?.logarithmic ? "−∞" : "0";
    const row = this.#makeRow(place, [`answer ${place + 1}`, mass, "0", ""]);
    this.#rows.push(row);
    this.#body.append(row.root);
    row.fields.label.focus();
    row.fields.label.select();
    this.#read();
  }

  #remove(place: number): void {
    if (this.#rows.length === 1) {
      write(this.#error, "An answer set needs at least one answer.");
      return;
    }
    this.#arrange(this.#rows.filter((_, i) => i !== place));
    this.#rows[Math.min(place, this.#rows.length - 1)].remove.focus();
  }

  #sort(): void {
    const reward = (row: Row) => readNumber(row.fields.reward.value);
    this.#arrange(this.#rows.toSorted((a, b) => reward(a) - reward(b)));
  }

  /** Makes the table anew from the texts of some of its rows: each row is called after its place. */
  #arrange(rows: readonly Row[]): void {
    this.#rows = rows.map(({ fields }, i) =>
      this.#makeRow(
        i,
        COLUMNS.map((column) => fields[column].value),
      ),
    );
    this.#body.replaceChildren(...this.#rows.map((row) => row.root));
    this.#read();
  }
}
