import { InputError } from "../../src/cli/input/inputError.js";
import type { Query } from "../../src/cli/input/query.js";
import { byId, element, write } from "./dom.js";
import { answerSetOf, readLines } from "./paste.js";
import { DEFAULT_SETTINGS, GROUPS, presetOf } from "./presets.js";
import type { AnswerSet, Settings, View } from "./view.js";

/** What the list of sets calls a set that is no preset. */
const OWN = "own";
const PASTED = "pasted:";

/** The list of answer sets, and the field into which others are pasted. */
export class Picker {
  readonly #list = byId<HTMLSelectElement>("preset");
  readonly #pasted = element("optgroup", { label: "Pasted" });
  #queries: readonly Query[] = [];

  #family: string | undefined;

  /** @param pick what happens when a set is picked, with the settings that suit it, where those are to change */
  constructor(pick: (set: AnswerSet, preset?: string, settings?: Settings) => void) {
    for (const { title, presets } of GROUPS) {
      const options = presets.map((preset) => element("option", { value: preset.id }, preset.title));
      this.#list.append(element("optgroup", { label: title }, ...options));
    }
    this.#list.append(element("option", { value: OWN, hidden: true }, "Edited answers"));

    const pickPasted = (i: number) => pick(answerSetOf(this.#queries[i]));
    this.#list.addEventListener("change", () => {
      const { value } = this.#list;
      const preset = presetOf(value);
      if (preset !== undefined) {
        const stay = preset.family === this.#family;
        pick(preset.set(), preset.id, stay ? undefined : { ...DEFAULT_SETTINGS, ...preset.settings });
      } else if (value.startsWith(PASTED)) pickPasted(Number(value.slice(PASTED.length)));
    });

    byId("read-lines").addEventListener("click", () => {
      const [field, error] = [byId<HTMLTextAreaElement>("lines"), byId("lines-error")];
      write(error, "");
      field.removeAttribute("aria-invalid");
      try {
        this.#queries = readLines(field.value);
      } catch (thrown) {
        if (!(thrown instanceof InputError)) throw thrown;
        field.setAttribute("aria-invalid", "true");
        write(error, thrown.message);
        return;
      }
      const options = this.#queries.map(({ query }, i) => element("option", { value: `${PASTED}${i}` }, query));
      this.#pasted.replaceChildren(...options);
      this.#list.append(this.#pasted);
      pickPasted(0);
      this.#list.value = `${PASTED}0`;
      // More than one query: the list is where one is chosen.
      if (this.#queries.length > 1) this.#list.focus();
    });
  }

  draw({ preset, set }: View): void {
    const known = presetOf(preset ?? "");
    this.#family = known?.family;
    const pasted = this.#queries.findIndex(({ reward }) => reward === set.reward);
    const value = preset ?? (pasted < 0 ? OWN : `${PASTED}${pasted}`);
    if (this.#list.value !== value) this.#list.value = value;
    const about = byId<HTMLAnchorElement>("about");
    about.hidden = known?.page === undefined;
    about.href = `../${known?.page ?? ""}`;
    write(byId("source"), known?.source ?? `${set.name || "Unnamed"}: ${set.labels.length} answers.`);
  }
}
