import { element } from "../explorer/dom.js";

const TYPES = { svg: "image/svg+xml", csv: "text/csv", json: "application/json" } as const;

/** What is saved: a text as it is, or a drawing as pixels. */
type Contents = { readonly [T in keyof typeof TYPES | "png"]?: string };

/** The address of a drawing. Within the page its style would be the page's too. */
const addressOf = (svg: string): string => `data:${TYPES.svg};charset=utf-8,${encodeURIComponent(svg)}`;

/** The size of a drawing, in pixels of the page. */
function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}

/** A drawing, which the reader of a narrow screen scrolls. */
export function picture(svg: string, label: string): HTMLElement {
  const [, alt = ""] = /aria-label="([^"]*)"/.exec(svg) ?? [];
  const image = element("img", { src: addressOf(svg), alt, ...sizeOf(svg) });
  return element("section", { class: "scroll picture", tabindex: 0, "aria-label": label }, image);
}

/** A button that saves something as a file. */
export function saving(label: string, name: string, contents: Contents): HTMLButtonElement {
  const button = element("button", { type: "button" }, label);
  button.addEventListener("click", async () => save(name, await blobOf(contents)));
  return button;
}

async function blobOf({ png, ...texts }: Contents): Promise<Blob> {
  if (png !== undefined) return pixels(png);
  const [[type, text]] = Object.entries(texts) as [keyof typeof TYPES, string][];
  return new Blob([text], { type: TYPES[type] });
}

/** Dots of a picture for one of a screen. */
const DOTS = 2;

async function pixels(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = addressOf(svg);
  await image.decode();
  const { width, height } = sizeOf(svg);
  const canvas = element("canvas", { width: DOTS * width, height: DOTS * height });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error("the picture is too large")) : resolve(blob)));
  });
}

function save(name: string, blob: Blob): void {
  const href = URL.createObjectURL(blob);
  element("a", { href, download: name }).click();
  URL.revokeObjectURL(href);
}
