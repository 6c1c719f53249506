import { AddressError } from "../explorer/addressFields.js";
import { byId, element } from "../explorer/dom.js";
import { whileIdle } from "../explorer/idle.js";
import { presetOf } from "../explorer/presets.js";
import { fromAddress, type State, toAddress } from "./address.js";
import { CASES } from "./cases.js";
import { Explorable } from "./explorable.js";
import { EXAMPLES, type Group, Ranking } from "./hacks.js";

/** How long the controls rest before the address follows: browsers limit how often it may change. */
const REST = 300;

/** What is shown at first: a query whose gold more than trebles and then falls to 0. */
const FIRST = "HumanEval/98";

const section = byId("explorable");
/** Where the top of the site is, from this page. */
const root = section.dataset.root ?? "";

const list = element("select", { id: "explorable-set" });
const about = element("a", { href: `${root}data.html` }, "About the data");
const link = element("button", { type: "button", class: "copy-link" }, "Copy link");
const explorable = new Explorable(section, (change) => show({ ...state, ...change }), [
  element("label", {}, "Answer set ", list),
  about,
]);
for (const tools of section.querySelectorAll(".tools")) {
  const button = tools === section.querySelector(".tools") ? link : (link.cloneNode(true) as HTMLButtonElement);
  button.addEventListener("click", () => {
    history.replaceState(null, "", `#${toAddress(state)}`);
    explorable.copy(() => location.href, "The link is copied.", "The address bar holds the link.");
  });
  tools.append(button);
}

const preset = presetOf(FIRST);
if (preset === undefined) throw new Error(`there is no preset ${FIRST}`);
const AT_FIRST: State = {
  set: preset.set(),
  preset: FIRST,
  method: "best",
  n: 64,
  beta: preset.settings.beta ?? 0.05,
  guidance: { id: CASES[0].id, w: 2 },
  tab: "draws",
};

let state = AT_FIRST;
let resting: ReturnType<typeof setTimeout> | undefined;

function show(next: State, remember = true): void {
  state = next;
  explorable.show(state);
  if (list.value !== (state.preset ?? "")) drawList();
  about.hidden = presetOf(state.preset ?? "")?.page === undefined;
  clearTimeout(resting);
  if (remember) resting = setTimeout(() => history.replaceState(null, "", `#${toAddress(state)}`), REST);
}

const ranking = new Ranking();
let groups: readonly Group[] = [EXAMPLES];

/** The list of sets, with what is shown chosen, also before the queries are ranked. */
function drawList(): void {
  const option = ({ id, title }: { id: string; title: string }) => element("option", { value: id }, title);
  list.replaceChildren(
    ...groups
      .filter(({ presets }) => presets.length > 0)
      .map(({ title, presets }) => element("optgroup", { label: title }, ...presets.map(option))),
  );
  const id = state.preset ?? "";
  if (![...list.options].some(({ value }) => value === id)) {
    list.prepend(option({ id, title: presetOf(id)?.title ?? (state.set.name || "Answers of the link") }));
  }
  list.value = id;
}

list.addEventListener("change", () => {
  const chosen = presetOf(list.value);
  if (chosen === undefined) return;
  // Rewards of another size ask for another β.
  const stay = chosen.family === presetOf(state.preset ?? "")?.family;
  const beta = stay ? state.beta : (chosen.settings.beta ?? state.beta);
  show({ ...state, set: chosen.set(), preset: chosen.id, beta });
});

/** Shows what the address holds; another fragment of the page is left alone, and an address that holds nothing is refused. */
function restore(): void {
  const other = location.hash !== "" && !location.hash.includes("=");
  try {
    show((other ? undefined : fromAddress(location.hash, AT_FIRST)) ?? state, false);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    show(AT_FIRST, false);
    explorable.say(`This address holds no view: ${error.message}. The first example is shown instead.`);
  }
}

addEventListener("hashchange", restore);
restore();
whileIdle(() => {
  if (ranking.readOne()) return true;
  groups = [...ranking.groups, EXAMPLES];
  drawList();
  return false;
});
