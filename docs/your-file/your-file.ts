import { countedQueries } from "../../src/cli/terminal/countedQueries.js";
import humanEval from "../../src/data/humaneval-codegen16b.jsonl";
import { byId, element, write } from "../explorer/dom.js";
import { optionsIn } from "./form.js";
import type { Message, Outcome, Progress, Request } from "./messages.js";
import { showResults } from "./show.js";

/** The script of the worker, put in by the build. */
declare const WORKER_SCRIPT: string;
const SCRIPT = URL.createObjectURL(new Blob([WORKER_SCRIPT], { type: "text/javascript" }));

const form = byId<HTMLFormElement>("form");
const input = byId<HTMLInputElement>("file");
const drop = byId("drop");
const cancel = byId<HTMLButtonElement>("cancel");
const error = byId("error");

let file: File | undefined;
let worker: Worker | undefined;

/** Reads a file with the options of the form; what was read before is forgotten. */
function read(given: File): void {
  worker?.terminate();
  file = given;
  byId<HTMLButtonElement>("read").disabled = false;
  byId("reading").hidden = false;
  write(byId("name"), given.name);
  byId("lines").replaceChildren();
  byId("results").hidden = true;
  showError(undefined);
  write(byId("status"), "");
  showProgress({ label: "Reading", queries: 0, position: 0, size: given.size });
  setRunning(true);
  const own = new Worker(SCRIPT);
  worker = own;
  own.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    if (own !== worker) return;
    if ("progress" in data) showProgress(data.progress);
    else if ("line" in data) byId("lines").append(element("li", {}, data.line));
    else end(given.name, data.outcome);
  });
  own.addEventListener("error", ({ message }) => {
    if (own === worker) end(given.name, { error: `the program failed: ${message}` });
  });
  own.postMessage({ file: given, options: optionsIn(form), script: WORKER_SCRIPT } satisfies Request);
}

function showProgress({ label, queries, total, position, size }: Progress): void {
  const bar = byId<HTMLProgressElement>("bar");
  if (total !== undefined) bar.value = queries / total;
  else if (position < size) bar.value = position / size;
  // All is taken, and how much is left to do is not known.
  else bar.removeAttribute("value");
  const done = total === undefined ? countedQueries(queries) : `${queries} of ${countedQueries(total)}`;
  write(byId("progress"), `${label}: ${done}, ${megabytes(position)} of ${megabytes(size)} MB`);
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e5 ? 3 : 1);

function end(name: string, { results, error: message }: Outcome): void {
  worker?.terminate();
  worker = undefined;
  setRunning(false);
  if (message !== undefined) {
    const before =
      results === undefined ? "" : ` (the ${countedQueries(results.queries)} before it are reported below)`;
    write(error, `${message}${before}`);
    error.hidden = false;
  }
  byId("results").hidden = results === undefined;
  if (results === undefined) return;
  write(byId("status"), `Read ${countedQueries(results.queries)}.`);
  showResults(byId("results"), results, name);
}

function showError(message: string | undefined): void {
  write(error, message ?? "");
  error.hidden = message === undefined;
}

function setRunning(running: boolean): void {
  byId("bar").hidden = !running;
  byId("progress").hidden = !running;
  cancel.hidden = !running;
  if (!running && document.activeElement === document.body) input.focus();
}

input.addEventListener("change", () => {
  const [given] = input.files ?? [];
  if (given !== undefined) read(given);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (file !== undefined) read(file);
});
byId("example").addEventListener("click", () => read(new File([humanEval], "humaneval-codegen16b.jsonl")));
cancel.addEventListener("click", () => worker?.postMessage("cancel"));

// A file may be dropped anywhere on the page: beside the field the browser would open it in place of the page.
let entered = 0;
const mark = (change: number) => {
  entered = Math.max(0, entered + change);
  drop.toggleAttribute("data-over", entered > 0);
};
addEventListener("dragenter", () => mark(1));
addEventListener("dragleave", () => mark(-1));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  mark(-entered);
  const [given] = event.dataTransfer?.files ?? [];
  if (given !== undefined) read(given);
});
