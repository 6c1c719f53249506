import type { Table } from "../../src/cli/terminal/table.js";
import { element } from "../explorer/dom.js";
import type { Results } from "./messages.js";
import { picture, saving } from "./saving.js";

/** Shows what came of a file in place of what was there. */
export function showResults(root: HTMLElement, { choice, noChoice, curve }: Results, name: string): void {
  const stem = name.replace(/\.(gz|zst)$/, "").replace(/\.\w+$/, "");
  root.replaceChildren(
    section(
      "choice",
      "Which N and β to use",
      ...(choice === undefined
        ? [element("p", {}, noChoice ?? "")]
        : [
            ...choice.parts.flatMap(({ reward, table, sentences }) => [
              ...heading(reward),
              ...sentences.map((sentence) => element("p", {}, sentence)),
              tableOf(table, `The settings chosen${by(reward)}`),
            ]),
            element("p", { class: "hint" }, choice.legend),
            picture(choice.svg, "Picture of the choice"),
            tools(
              saving("Save the picture as SVG", `${stem}-choice.svg`, { svg: choice.svg }),
              saving("Save it as PNG", `${stem}-choice.png`, { png: choice.svg }),
              saving("Save the choice as JSON", `${stem}-choice.json`, { json: choice.json }),
            ),
          ]),
    ),
    section(
      "curve",
      "What more draws give",
      picture(curve.svg, "Picture of the curves"),
      tools(
        saving("Save the picture as SVG", `${stem}-curve.svg`, { svg: curve.svg }),
        saving("Save it as PNG", `${stem}-curve.png`, { png: curve.svg }),
        saving("Save the rows as CSV", `${stem}-curve.csv`, { csv: curve.csv }),
      ),
      ...curve.legend.map((sentence) => element("p", { class: "hint" }, sentence)),
      ...curve.parts.flatMap(({ reward, table }) => [
        ...heading(reward),
        tableOf(table, `The figures of each N and β${by(reward)}`),
      ]),
    ),
  );
}

function section(id: string, title: string, ...children: readonly Node[]): HTMLElement {
  const head = element("h2", { id: `${id}-title` }, title);
  return element("section", { id, "aria-labelledby": `${id}-title` }, head, ...children);
}

const by = (reward: string | undefined): string => (reward === undefined ? "" : ` by ${reward}`);

const heading = (reward: string | undefined): Node[] =>
  reward === undefined ? [] : [element("h3", {}, `By ${reward}`)];

const tools = (...buttons: readonly Node[]): HTMLElement => element("p", { class: "tools" }, ...buttons);

/** A table of the command line. What is too wide for the page is scrolled to, also by keyboard. */
function tableOf({ columns, rows }: Table, name: string): HTMLElement {
  const side = (c: number) => ({ class: columns[c].align ?? "left" });
  const cell = ({ heading }: (typeof columns)[number], c: number) =>
    heading === "" ? element("td", side(c)) : element("th", { scope: "col", ...side(c) }, heading);
  const head = element("tr", {}, ...columns.map(cell));
  const body = rows.map((row) => element("tr", {}, ...row.map((cell, c) => element("td", side(c), cell))));
  const table = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
  return element("section", { class: "scroll", tabindex: 0, "aria-label": name }, table);
}
