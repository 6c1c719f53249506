type Attributes = Readonly<Record<string, string | number | boolean>>;

/** An element with attributes and children; a false attribute is left out, a true one stands without value. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

export function svgElement<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Node[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

function setAttributes(on: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) on.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Markup of the page's own, as nodes: never anything that a user gave. */
export function markup(html: string): DocumentFragment {
  return document.createRange().createContextualFragment(html);
}

/** The element of the page's template with this id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as T;
}

/** A text in which β_hf, β_tts and β_if are set as symbols with an index. */
export function symbols(text: string): DocumentFragment {
  const made = document.createDocumentFragment();
  for (const part of text.split(/(L?β_(?:hf|tts|if))/)) {
    const [letter, index] = part.split("_");
    if (/^L?β$/.test(letter) && index !== undefined) {
      made.append(element("i", {}, letter), element("sub", {}, index));
    } else made.append(part);
  }
  return made;
}

/** Writes a text where it differs: an unchanged text costs no layout. */
export function write(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
