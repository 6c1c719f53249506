/** The part of the TypeDoc reference that leads back to the rest of the site. */
import { JSX } from "typedoc";
import { PARTS } from "./page.mjs";

/** A plugin of TypeDoc: the site's bar above every page of the reference. */
export function load(app) {
  app.renderer.hooks.on("body.begin", ({ relativeURL }) => {
    const link = (href, ...children) => JSX.createElement("a", { href: relativeURL(`../${href}`) }, ...children);
    return JSX.createElement(
      "nav",
      { class: "site-bar", "aria-label": "Site" },
      link("index.html", "exptilt"),
      ...PARTS.map(({ href, name }) => link(href, name)),
    );
  });
}
