import { AddressError, fromAddress, toAddress } from "./address.js";
import { Cards } from "./cards.js";
import { Chart } from "./chart.js";
import { byId, symbols, write } from "./dom.js";
import { equivalencesOf, type Remedy } from "./equivalences.js";
import { writeGlossary } from "./glossary.js";
import { Knobs } from "./knobs.js";
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

const DEFAULT_VIEW: View = {
  set: DEFAULT_PRESET.set(),
  preset: DEFAULT_PRESET.id,
  settings: follow({ ...DEFAULT_SETTINGS, ...DEFAULT_PRESET.settings }),
};

let view = DEFAULT_VIEW;
let resting: ReturnType<typeof setTimeout> | undefined;

/** Shows a view: all laws anew, by the library. */
function show(wanted: View, remember = true): void {
  const next = { ...wanted, settings: follow(wanted.settings) };
  const error = byId("set-error");
  try {
    const laws = lawsOf(next);
    const readings = readingsOf(next, laws);
    const equivalences = equivalencesOf(next, laws);
    view = next;
    knobs.draw(view.settings);
    chart.draw(view.set, laws);
    cards.draw(equivalences, view.settings.n);
    readingsTable.draw(readings);
    rows.draw(view.set, laws);
    picker.draw(view);
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

/** Computes what nobody asked for while the page is idle, so that the first moves find the code compiled. */
function warmUp(rounds = 12): void {
  const warm: View = { set: GENERATED.set(), settings: { ...DEFAULT_SETTINGS, n: 2 + rounds } };
  const laws = lawsOf(warm);
  readingsOf(warm, laws);
  equivalencesOf(warm, laws);
  if (rounds > 1) requestIdleCallback(() => warmUp(rounds - 1));
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
requestIdleCallback(() => warmUp());
