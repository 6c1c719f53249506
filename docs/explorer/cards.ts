import { byId, element, symbols, write } from "./dom.js";
import { EQUIVALENCES, type Equivalence, type EquivalenceName, type Remedy } from "./equivalences.js";
import { brief, show } from "./format.js";
import { apiPage } from "./words.js";

interface CardWords {
  readonly title: string;
  readonly text: string;
  readonly equation: string;
  readonly api: string;
  readonly inTheLimit: boolean;
}

const CARDS: Readonly<Record<EquivalenceName, CardWords>> = {
  rlif: {
    title: "RLIF is RLHF",
    text: "A policy rewarded by its own certainty solves the RLHF problem whose reward is log ref.",
    equation: "(11)",
    api: "rlhfEquivalent",
    inTheLimit: false,
  },
  limit: {
    title: "Soft best-of-N tends to RLHF",
    text: "As draws are added, choosing among answers of ref becomes the policy that training would give: the law nears the RLHF optimum like 1/N.",
    equation: "(16)",
    api: "limitDistance",
    inTheLimit: true,
  },
  rlifLimit: {
    title: "Soft best-of-N tends to RLIF",
    text: "Both together: choosing among draws by log ref becomes the policy that certainty alone would train.",
    equation: "(18)",
    api: "rlifEquivalent",
    inTheLimit: true,
  },
};

const REMEDIES: Readonly<Record<Remedy, string>> = {
  faithful: "Set r = log ref",
  match: "Set Lβ_if = β_hf + 1",
  tie: "Set β_tts = β_hf",
  matchTts: "Set Lβ_if = β_tts + 1",
};

interface Row {
  readonly item: HTMLElement;
  readonly verdict: HTMLElement;
  readonly statement: HTMLElement;
  readonly finding: HTMLElement;
  readonly button: HTMLButtonElement;
  remedy: Remedy | undefined;
}

interface Card {
  readonly root: HTMLElement;
  readonly state: HTMLElement;
  readonly rows: Row[];
  readonly list: HTMLElement;
  readonly gap: HTMLElement;
  readonly more: HTMLElement;
}

/** The equivalences, each lit where its hypotheses hold. */
export class Cards {
  readonly #cards: Readonly<Record<EquivalenceName, Card>>;
  readonly #remedy: (remedy: Remedy) => void;

  /** @param remedy what happens when a hypothesis is asked to hold */
  constructor(remedy: (remedy: Remedy) => void) {
    this.#remedy = remedy;
    const made = EQUIVALENCES.map((name) => {
      const card = makeCard(name);
      byId("cards").append(card.root);
      return [name, card] as const;
    });
    this.#cards = Object.fromEntries(made) as Record<EquivalenceName, Card>;
  }

  draw(equivalences: Readonly<Record<EquivalenceName, Equivalence>>, n: number): void {
    for (const name of EQUIVALENCES) {
      const { hypotheses, holds, gap } = equivalences[name];
      const card = this.#cards[name];
      card.root.toggleAttribute("data-lit", holds);
      rewrite(card.state, stateOf(equivalences[name], CARDS[name].inTheLimit));
      while (card.rows.length < hypotheses.length) card.rows.push(this.#makeRow(card));
      for (const [i, { statement, holds, finding, remedy }] of hypotheses.entries()) {
        const row = card.rows[i];
        row.item.toggleAttribute("data-holds", holds);
        write(row.verdict, holds ? "holds: " : "fails: ");
        rewrite(row.statement, statement);
        rewrite(row.finding, finding);
        row.remedy = remedy;
        row.button.hidden = remedy === undefined || holds;
        if (remedy !== undefined) rewrite(row.button, REMEDIES[remedy]);
      }
      write(card.gap, CARDS[name].inTheLimit ? `${show(gap)} apart at N = ${brief(n)}` : `${show(gap)} apart`);
    }
  }

  /** A sentence below a card, for what takes longer to know. */
  add(name: EquivalenceName, text: string): void {
    write(this.#cards[name].more, text);
  }

  #makeRow({ root, list }: Card): Row {
    const row: Row = {
      item: element("li"),
      verdict: element("span", { class: "unseen" }),
      statement: element("span", { class: "statement" }),
      finding: element("span", { class: "finding" }),
      button: element("button", { type: "button" }),
      remedy: undefined,
    };
    row.button.addEventListener("click", () => {
      if (row.remedy === undefined) return;
      this.#remedy(row.remedy);
      // The button is gone now that the hypothesis holds: the keyboard goes on from its card.
      root.focus({ preventScroll: true });
    });
    row.item.append(element("div", { class: "what" }, row.verdict, row.statement, row.finding), row.button);
    list.append(row.item);
    return row;
  }
}

function makeCard(name: EquivalenceName): Card {
  const { title, text, equation, api } = CARDS[name];
  const [state, list, gap, more] = [
    element("p", { class: "state" }),
    element("ul"),
    element("span", { class: "gap" }),
    element("span", { class: "more" }),
  ];
  const id = `card-${name}`;
  const words = element("p", { class: "hint" }, text);
  const heading = element("h3", { id }, `${title} `, element("span", { class: "equation" }, equation));
  const link = element("a", { href: apiPage(api) }, element("code", {}, api));
  const foot = element("p", { class: "foot" }, gap, more, link);
  const root = element(
    "article",
    { class: "card", "data-card": name, "aria-labelledby": id, tabindex: -1 },
    heading,
    state,
    words,
    list,
    foot,
  );
  return { root, state, rows: [], list, gap, more };
}

/** Laws this near are one, whatever the hypotheses say. */
const ONE = 1e-9;

function stateOf({ hypotheses, holds, gap }: Equivalence, inTheLimit: boolean): string {
  if (holds) return inTheLimit ? "One law as N → ∞" : "One law";
  if (gap <= ONE) return "One law here, by another reason";
  return `Two laws: ${hypotheses
    .filter((h) => !h.holds)
    .map((h) => h.denial)
    .join(", ")}`;
}

/** Writes a text with symbols where it differs from the one written before. */
function rewrite(on: HTMLElement, text: string): void {
  if (on.dataset.text === text) return;
  on.dataset.text = text;
  on.replaceChildren(symbols(text));
}
