import { CASES } from "../explorable/cases.js";
import { Explorable, type ExplorableState } from "../explorable/explorable.js";
import { fromAddress, toAddress } from "./address.js";
import { AddressError } from "./addressFields.js";
import { Cards } from "./cards.js";
import { Chart } from "./chart.js";
import { byId, element, symbols, write } from "./dom.js";
import { equivalencesOf, type Remedy } from "./equivalences.js";
import { writeGlossary } from "./glossary.js";
import { whileIdle } from "./idle.js";
import { Knobs, slidersAt } from "./knobs.js";
import { lawsOf, readingsOf, withFaithfulReward } from "./laws.js";
import { Picker } from "./picker.js";
import { DEFAULT_PRESET, DEFAULT_SETTINGS, GENERATED } from "./presets.js";
import { Readings } from "./readings.js";
import { Rows } from "./rows.js";
import { drawsNeeded, summarize } from "./summary.js";
import { type AnswerSet, follow, matchedBetaIf, type Settings, type View } from "./view.js";

/** How long the controls rest before the address and the summary follow: browsers limit how often an address may change. */
const REST = 300;

const chart = new Chart();
const readingsTable = new Readings();
const knobs = new Knobs((settings) => show({ ...view, settings }));
const cards = new Cards(mend);
const rows = new Rows((set) => show({ set, settings: view.settings }));
const picker = new Picker((set, preset, settings) =>
  show({ set, ...(preset !== undefined && { preset }), settings: settings ?? view.settings }),
);

/** What the explorable shows beyond the view. */
let shown: Pick<ExplorableState, "method" | "guidance" | "tab"> = {
  method: "best",
  guidance: { id: CASES[0].id, w: 2 },
  tab: "draws",
};
const choose = element("a", { href: "#pick-title" }, "Choose another answer set");
const explorable = new Explorable(
  byId("explorable"),
  ({ n, beta, method = shown.method, guidance = shown.guidance, tab = shown.tab }) => {
    shown = { method, guidance, tab };
    const { settings } = view;
    const cooled = beta === undefined ? {} : settings.tied ? { beta } : { betaTts: beta };
    show({ ...view, settings: { ...settings, ...(n !== undefined && { n }), ...cooled } });
  },
  [choose],
);

const DEFAULT_VIEW: View = {
  set: DEFAULT_PRESET.set(),
  preset: DEFAULT_PRESET.id,
  settings: follow({ ...DEFAULT_SETTINGS, ...DEFAULT_PRESET.settings }),
};

let view = DEFAULT_VIEW;
let resting: ReturnType<typeof setTimeout> | undefined;

/** All that a view shows of its laws, by the library. */
function compute(of: View) {
  const laws = lawsOf(of);
  return { laws, readings: readingsOf(of, laws), equivalences: equivalencesOf(of, laws) };
}

function draw({ set, settings }: View, { laws, readings, equivalences }: ReturnType<typeof compute>): void {
  chart.draw(set, laws);
  cards.draw(equivalences, settings.n);
  readingsTable.draw(readings);
  rows.draw(set, laws);
}

/** Shows a view: all laws anew. */
function show(wanted: View, remember = true): void {
  const next = { ...wanted, settings: follow(wanted.settings) };
  const error = byId("set-error");
  try {
    const computed = compute(next);
    const { laws, readings, equivalences } = computed;
    view = next;
    knobs.draw(view.settings);
    draw(view, computed);
    picker.draw(view);
    explorable.show({ set: view.set, n: view.settings.n, beta: view.settings.betaTts, ...shown });
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (remember) {
        history.replaceState(null, "", `#${toAddress(view)}`);
        byId("address-error").hidden = true;
      }
      byId("summary").replaceChildren(symbols(summarize(view, readings, equivalences)));
      cards.add("limit", equivalences.limit.holds ? drawsNeeded(view, laws) : "");
    }, REST);
  } catch (thrown) {
    // What the library refuses (a reward at the edge of the doubles, say) it says itself; the last view stays.
    if (!(thrown instanceof RangeError)) throw thrown;
    write(error, thrown.message);
  }
}

/** Makes a hypothesis hold. */
function mend(remedy: Remedy): void {
  const { set, settings } = view;
  const changed = (change: Partial<Settings>) => show({ ...view, settings: { ...settings, ...change } });
  if (remedy === "faithful") setFaithful(set);
  else if (remedy === "match") changed({ matched: true });
  else if (remedy === "tie") changed({ tied: true });
  else changed({ betaIf: matchedBetaIf(settings.betaTts, settings.length), matched: false });
}

function setFaithful(set: AnswerSet): void {
  show({ set: withFaithfulReward(set), settings: view.settings });
}

/** Shows the view of the address; where it holds none, says why and shows the first view. */
function restore(): void {
  // A link to a part of this page went there; the address goes on to hold the view.
  if (document.getElementById(location.hash.slice(1)) !== null) {
    history.replaceState(null, "", `#${toAddress(view)}`);
    if (resting !== undefined) return;
  }
  const message = byId("address-error");
  message.hidden = true;
  try {
    show(fromAddress(location.hash) ?? DEFAULT_VIEW, false);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    message.hidden = false;
    write(message, `This address holds no view: ${error.message}. The first example is shown instead.`);
    show(DEFAULT_VIEW, false);
  }
}

/** So many idle moments are spent before the first moves. */
const WARM = 40;

/**
 * Computes and draws what nobody asked for while the page is idle, with the sliders all over their ways, so that the first moves find the code compiled. What is drawn is drawn over before it could be painted.
 */
function warmUp(round: number): void {
  const slid = slidersAt(view.settings, (knob) => (((knob + 1) * round) / WARM) % 1);
  const settings = follow({ ...slid, tied: round % 2 === 0 });
  compute({ set: GENERATED.set(), settings });
  const other = { ...view, settings };
  draw(other, compute(other));
  draw(view, compute(view));
}

byId("faithful").addEventListener("click", () => setFaithful(view.set));
byId("copy-link").addEventListener("click", async () => {
  history.replaceState(null, "", `#${toAddress(view)}`);
  try {
    await navigator.clipboard.writeText(location.href);
    write(byId("copied"), "Copied.");
  } catch {
    write(byId("copied"), "The address bar holds the link.");
  }
});
addEventListener("hashchange", restore);

writeGlossary();
restore();
let round = 0;
whileIdle(() => {
  warmUp(round);
  round += 1;
  return round < WARM;
});
