import { element, write } from "../explorer/dom.js";
import type { AnswerSet } from "../explorer/view.js";
import { TABS, type Tab } from "./address.js";
import type { Asked } from "./cases.js";
import { Draws } from "./draws.js";
import { Guidance } from "./guidance.js";
import type { Method } from "./methods.js";

/** What the explorable shows. */
export interface ExplorableState {
  readonly set: AnswerSet;
  readonly method: Method;
  readonly n: number;
  readonly beta: number;
  readonly guidance: Asked;
  readonly tab: Tab;
}

export type ExplorableChange = Partial<Omit<ExplorableState, "set">>;

const TITLES: Readonly<Record<Tab, string>> = { draws: "Best-of-N", guidance: "Guidance" };

const HEADINGS: Readonly<Record<Tab, string>> = {
  draws: "Over-optimisation in your hands",
  guidance: "Guidance misses its target",
};

const LEADS: Readonly<Record<Tab, string>> = {
  draws:
    "Draw N answers, keep the one of highest reward: reward rises, but gold, what one wants, may fall. Drag N and β.",
  guidance:
    "Classifier-free guidance of strength w states a target for three atoms on a line. What guided DDIM gives, exactly, is another law: at middle noise levels its predictor is that of no data (second picture). Drag w.",
};

/** The section: a title, two tabs, and what they show. Its owner holds the state and shows it. */
export class Explorable {
  readonly #panels: Readonly<Record<Tab, HTMLElement>>;
  readonly #tabs: Readonly<Record<Tab, HTMLButtonElement>>;
  readonly #title = element("h2", { id: "explorable-title" });
  readonly #lead = element("p", { class: "lead" });
  readonly #said = element("span", { class: "said", role: "status" });
  readonly #draws: Draws;
  readonly #guidance: Guidance;
  #state: ExplorableState | undefined;

  /**
   * @param section the element of the page that it fills
   * @param change what happens when a control is moved
   * @param tools what stands before the controls of the answer set
   */
  constructor(section: HTMLElement, change: (change: ExplorableChange) => void, tools: readonly Node[] = []) {
    this.#draws = new Draws(change);
    this.#guidance = new Guidance((guidance) => change({ guidance }));
    const copy = () =>
      this.copy(
        () => (this.#state?.tab === "guidance" ? this.#guidance.code : this.#draws.code),
        "The code is copied.",
      );
    for (const part of [this.#draws, this.#guidance]) {
      const button = element("button", { type: "button", class: "copy-code" }, "Copy as code");
      button.addEventListener("click", copy);
      part.tools.append(button);
    }
    this.#draws.tools.prepend(...tools);
    const tab = (name: Tab) => {
      const button = element("button", {
        type: "button",
        role: "tab",
        id: `explorable-tab-${name}`,
        "aria-controls": `explorable-${name}`,
      });
      button.append(TITLES[name]);
      button.addEventListener("click", () => change({ tab: name }));
      button.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const other = TABS[1 - TABS.indexOf(name)];
        change({ tab: other });
        this.#tabs[other].focus();
      });
      return [name, button] as const;
    };
    this.#tabs = Object.fromEntries(TABS.map(tab)) as Record<Tab, HTMLButtonElement>;
    const panel = (name: Tab, { tools, root }: { tools: HTMLElement; root: HTMLElement }) => {
      const made = element("div", {
        id: `explorable-${name}`,
        role: "tabpanel",
        "aria-labelledby": `explorable-tab-${name}`,
      });
      made.append(tools, root);
      return made;
    };
    this.#panels = { draws: panel("draws", this.#draws), guidance: panel("guidance", this.#guidance) };
    const list = element("div", { class: "tabs", role: "tablist", "aria-label": "What is shown" });
    list.append(...TABS.map((name) => this.#tabs[name]));
    const head = element("div", { class: "head" }, this.#title, list, this.#said);
    section.classList.add("explorable");
    section.setAttribute("aria-labelledby", "explorable-title");
    section.replaceChildren(head, this.#lead, this.#panels.draws, this.#panels.guidance);
  }

  show(state: ExplorableState): void {
    const { tab } = state;
    this.#state = state;
    this.say("");
    for (const name of TABS) {
      this.#panels[name].hidden = name !== tab;
      this.#tabs[name].setAttribute("aria-selected", String(name === tab));
      this.#tabs[name].tabIndex = name === tab ? 0 : -1;
    }
    write(this.#title, HEADINGS[tab]);
    write(this.#lead, LEADS[tab]);
    if (tab === "draws") this.#draws.show(state);
    else {
      this.#draws.stop();
      this.#guidance.show(state.guidance);
    }
  }

  /** Puts a text on the clipboard and says so. */
  async copy(text: () => string, done: string, failed = "The browser does not allow copying."): Promise<void> {
    try {
      await navigator.clipboard.writeText(text());
      this.say(done);
    } catch {
      this.say(failed);
    }
  }

  /** Says something beside the tabs, until something is moved. */
  say(text: string): void {
    write(this.#said, text);
  }
}
