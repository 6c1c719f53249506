/** What every page of the site can do: choose a theme, copy code, search. */

const root = document.documentElement;
const byId = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/* The theme: auto, light or dark. */
{
  const select = byId("site-theme");
  select.value = root.dataset.theme;
  select.addEventListener("change", () => {
    root.dataset.theme = select.value;
    try {
      localStorage.setItem("tsd-theme", select.value);
    } catch {
      // The choice holds for this page.
    }
  });
  // Another page of the site may be open beside this one.
  addEventListener("storage", ({ key, newValue }) => {
    if (key === "tsd-theme") select.value = root.dataset.theme = newValue ?? "os";
  });
}

/* Beside a page its navigation scrolls by itself: the link to the page is in sight. */
{
  const nav = byId("site-guides");
  const here = nav?.querySelector("[aria-current=page]");
  if (here) nav.scrollTop = here.offsetTop - nav.clientHeight / 3;
}

/* A button on each block of code copies it: of a session in a terminal, what was typed. */
for (const block of document.querySelectorAll("#content pre")) {
  const code = block.textContent.trimEnd();
  const typed = code.startsWith("$ ") ? code.split("\n").filter((line) => line.startsWith("$ ")) : undefined;
  const text = typed?.map((line) => line.slice(2)).join("\n") ?? code;
  const button = make("button", { type: "button", className: "site-copy", textContent: "Copy" });
  const said = make("span", { className: "unseen" });
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    await copy(text, block);
    button.textContent = said.textContent = "Copied";
    setTimeout(() => {
      button.textContent = "Copy";
      said.textContent = "";
    }, 2000);
  });
  const box = make("div", { className: "site-code" });
  block.replaceWith(box);
  box.append(block, button, said);
}

async function copy(text, block) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Where the page may not write to the clipboard, what is selected can still be copied.
    getSelection().selectAllChildren(block);
    document.execCommand("copy");
  }
}

/* The search: a combobox, whose list is computed by a script that is loaded when the search is first used. */
{
  const SHOWN = 12;
  const query = byId("site-query");
  const list = byId("site-results");
  const found = byId("site-found");
  let loading;
  let active = -1;

  const load = () => {
    loading ??= new Promise((resolve, reject) => {
      const script = make("script", { src: `${root.dataset.root}search.js`, onload: resolve, onerror: reject });
      document.head.append(script);
    });
    return loading;
  };

  const close = () => {
    list.hidden = true;
    active = -1;
    query.setAttribute("aria-expanded", "false");
    query.removeAttribute("aria-activedescendant");
  };

  const mark = (next) => {
    const options = list.querySelectorAll("[role=option]");
    if (options.length === 0) return;
    options[active]?.setAttribute("aria-selected", "false");
    active = (next + options.length) % options.length;
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    query.setAttribute("aria-activedescendant", options[active].id);
  };

  const option = ({ title, section, kind, href, summary }, i) => {
    const isCode = !["page", "guide", "term"].includes(kind);
    const name = make(isCode ? "code" : "span", { className: "name", textContent: title });
    const parts = [name];
    if (section !== "") parts.push(make("span", { className: "section", textContent: section }));
    parts.push(make("span", { className: "kind", textContent: kind }));
    if (summary !== "") parts.push(make("span", { className: "summary", textContent: summary }));
    const link = make("a", { id: `site-result-${i}`, href: `${root.dataset.root}${href}`, tabIndex: -1 }, ...parts);
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    // The search gives way to the page, also where the place is on this one.
    link.addEventListener("click", close);
    return link;
  };

  const show = async () => {
    const text = query.value.trim();
    if (text === "") return close();
    await load();
    // Meanwhile something else may be asked for.
    if (text !== query.value.trim()) return;
    const results = globalThis.exptiltFind(text).slice(0, SHOWN);
    close();
    list.replaceChildren(...results.map(option));
    if (results.length === 0) list.replaceChildren(make("p", { textContent: "Nothing is found." }));
    found.textContent =
      results.length === 0 ? "Nothing is found." : `${results.length} results, the first is ${results[0].title}.`;
    list.hidden = false;
    list.scrollTop = 0;
    query.setAttribute("aria-expanded", String(results.length > 0));
  };

  query.addEventListener("focus", load, { once: true });
  query.addEventListener("focus", show);
  query.addEventListener("input", show);
  query.addEventListener("keydown", async (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      await load();
      if (list.hidden) await show();
      const options = list.querySelectorAll("[role=option]");
      options[Math.max(active, 0)]?.click();
    }
    if (event.key === "Escape") {
      if (list.hidden) query.value = "";
      close();
    }
  });
  query.addEventListener("blur", ({ relatedTarget }) => {
    if (!list.contains(relatedTarget)) close();
  });
  // A press on a result does not take the focus, so that the list is still there for the click.
  list.addEventListener("pointerdown", (event) => event.preventDefault());

  addEventListener("keydown", (event) => {
    const { target } = event;
    const writes = target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || writes) return;
    event.preventDefault();
    query.focus();
    query.select();
  });
}
