import { element, svgElement } from "../explorer/dom.js";
import { SHAPES } from "./marks.js";
import { METHOD_WORDS, METHODS, type Method } from "./methods.js";

/** The methods to choose from, each with its line and mark: the legend of the pictures. */
export class MethodPicker {
  readonly root: HTMLElement = element("fieldset", { class: "methods" }, element("legend", {}, "Method"));
  readonly #radios = new Map<Method, HTMLInputElement>();

  /** @param pick what happens when a method is chosen */
  constructor(pick: (method: Method) => void) {
    for (const [i, method] of METHODS.entries()) {
      const radio = element("input", { type: "radio", name: "explorable-method", value: method });
      radio.addEventListener("change", () => pick(method));
      this.#radios.set(method, radio);
      const sample = svgElement(
        "svg",
        { class: "sample", width: 34, height: 12, viewBox: "-17 -6 34 12", "aria-hidden": "true" },
        svgElement("path", { class: "line", d: "M-17 0H17" }),
        svgElement("path", { class: "dot", d: SHAPES[i], transform: "scale(0.85)" }),
      );
      this.root.append(element("label", { "data-series": method }, radio, sample, METHOD_WORDS[method].title));
    }
  }

  draw(method: Method): void {
    const radio = this.#radios.get(method);
    if (radio !== undefined) radio.checked = true;
  }
}
