// The gene browser: which view an address stands for, and what surrounds the views.

import { getMeta, Problem } from "./api.js";
import { count, fill, focusOn, h } from "./dom.js";
import { showEditor } from "./editor.js";
import { showGene } from "./gene.js";
import { ResultList, searchHash } from "./search.js";

/** How long to wait for the next letter before searching, in milliseconds. */
const PAUSE = 150;

const LOADING = "Loading…";

const main = document.getElementById("main");
const status = document.getElementById("status");
const search = document.getElementById("q");

/** The view that is being shown, as far as it can be interrupted. */
let current = new AbortController();

/** When the view that was gone to last is there. */
let arriving;

/** What the views can do with the page. */
const app = {
  /** Show a view, and tell where one is: title, focus, position. */
  show(title, ...children) {
    fill(main, ...children);
    document.title = `${title} · Gene browser`;
    if (!app.quiet) {
      scrollTo(0, 0);
      focusOn(main.querySelector("h1") ?? main);
    }
  },

  /** Say something to everyone, in the status line. */
  announce(text) {
    status.textContent = text;
  },

  /** Go to another view. */
  go(hash, { replace = false, quiet = false } = {}) {
    history[replace ? "replaceState" : "pushState"](null, "", hash);
    arriving = route({ quiet });
    return arriving;
  },

  /** Return a link to the list that one came from. */
  backLink() {
    const q = results.found?.q ?? "";
    return h("a", { class: "quiet", href: searchHash(q) }, q ? `Results for “${q}”` : "All genes");
  },

  /** Take notice that genes were changed. */
  changed() {
    results.forget();
    showMeta();
  },

  /** Whether focus and position stay as they are: the person is typing in the search field. */
  quiet: false,
};

const results = new ResultList(app, search);

/** Show what the page's address says. */
async function route({ quiet = false } = {}) {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const parameters = new URLSearchParams(query);
  app.quiet = quiet;
  if (!quiet) app.announce("");
  main.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => app.announce(LOADING), 500);
  try {
    const [kind, id, action] = path.split("/").map(decodeURIComponent);
    if (kind !== "") search.value = "";
    if (kind === "") await results.show(parameters.get("q") ?? "", signal);
    else if (kind === "new") await showEditor(app, null, signal);
    else if (kind === "gene" && id && action === "edit") await showEditor(app, id, signal);
    else if (kind === "gene" && id && action === undefined) await showGene(app, id, signal);
    else throw new Problem(404, "There is no such page here. Search for a gene, or see them all.");
  } catch (error) {
    if (signal.aborted) return;
    showProblem(error);
  } finally {
    clearTimeout(slow);
    if (!signal.aborted) {
      main.removeAttribute("aria-busy");
      if (status.textContent === LOADING) app.announce("");
    }
  }
}

function showProblem(error) {
  if (!(error instanceof Problem || error instanceof URIError)) console.error(error);
  const message =
    error instanceof Problem ? error.message : "This page cannot be shown. Is its address right?";
  app.show(
    "Not shown",
    h("h1", {}, error.status === 404 ? "Not found" : "This cannot be shown"),
    h("p", { class: "problem", role: "alert" }, message),
    h(
      "p",
      { class: "actions" },
      error.status !== 404 && h("button", { type: "button", onclick: () => route() }, "Try again"),
      h("a", { class: "button", href: "#/" }, "All genes"),
    ),
  );
}

async function showMeta() {
  const line = document.getElementById("meta");
  try {
    const meta = await getMeta();
    const changed = meta.changed && new Date(meta.changed);
    const when = { dateStyle: "medium", timeStyle: "short" };
    fill(
      line,
      h("strong", {}, count(meta.genes, "gene")),
      meta.source && ` from ${meta.source}`,
      meta.version && `, version ${meta.version}`,
      changed && [
        ", last changed ",
        h("time", { datetime: meta.changed }, changed.toLocaleString(undefined, when)),
      ],
    );
  } catch {
    fill(line, "How many genes there are is not known now.");
  }
}

// Search as you type. The first letter leaves the view that is shown; the others refine the search.
let pause;
function searchNow() {
  clearTimeout(pause);
  const hash = searchHash(search.value);
  const searching = /^(#\/?(\?.*)?)?$/.test(location.hash);
  if (!searching || location.hash !== hash) app.go(hash, { replace: searching, quiet: true });
}
search.addEventListener("input", (event) => {
  clearTimeout(pause);
  if (!event.isComposing) pause = setTimeout(searchNow, PAUSE);
});
document.getElementById("search").addEventListener("submit", async (event) => {
  event.preventDefault();
  searchNow();
  await arriving;
  if (document.activeElement === search) results.enter();
});
search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && results.enter()) event.preventDefault();
});

// A single key as a command has to be one that can be turned off (WCAG 2.1.4).
const slash = document.getElementById("slash");
slash.checked = stored("slash") !== "off";
slash.addEventListener("change", () => stored("slash", slash.checked ? "on" : "off"));
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, dialog");
  if (event.key === "/" && slash.checked && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    search.focus();
    search.select();
  }
});

function stored(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(`netsuite-genes-${name}`);
    localStorage.setItem(`netsuite-genes-${name}`, value);
  } catch {
    // The browser keeps nothing for us.
  }
  return null;
}

// A link within the page would change the address, which says what view this is.
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

// A link is followed at once: the browser's own hashchange comes later, when something may have
// been typed into the search field already.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#/"]');
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || elsewhere) return;
  event.preventDefault();
  clearTimeout(pause);
  app.go(link.hash, { replace: link.hash === location.hash });
});
addEventListener("hashchange", () => {
  clearTimeout(pause);
  arriving = route();
});
history.scrollRestoration = "manual";
showMeta();
arriving = route({ quiet: true });
