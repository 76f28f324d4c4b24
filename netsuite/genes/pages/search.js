// The list of genes: all of them, or those that match what was typed.

import { searchGenes, urlOf } from "./api.js";
import { count, fill, h } from "./dom.js";

const PAGE = 50;

/** How many results can be exported at once: the API's largest page. */
const MOST = 1000;

/** How a match is told. */
const WHY = {
  previous_symbols: "formerly",
  alias_symbols: "also known as",
};

/** Return the address of the view that shows a search. */
export function searchHash(q) {
  return q.trim() === "" ? "#/" : `#/?${new URLSearchParams({ q: q.trim() })}`;
}

/** Return a part of a text as nodes, with what matches the query's words marked. */
export function marked(text, query) {
  const words = query.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  if (words.length === 0) return [text];
  const literally = query.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const longestFirst = [literally, ...words].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(${longestFirst.join("|")})`, "giu");
  return text.split(pattern).map((part, index) => (index % 2 ? h("mark", {}, part) : part));
}

/** The list, and what it remembers while a gene's page is shown instead. */
export class ResultList {
  /**
   * @param app what the views can do with the page
   * @param {HTMLInputElement} input the search field
   */
  constructor(app, input) {
    this.app = app;
    this.input = input;
    this.forget();
    this.list = h("ol", { class: "results", role: "list", onkeydown: (event) => this.move(event) });
  }

  /** Ask again the next time. */
  forget() {
    this.found = null;
    this.left = null;
  }

  /** Show all genes, or the results of a search. */
  async show(q, signal) {
    const searched = q.trim();
    if (searchHash(this.input.value) !== searchHash(searched)) this.input.value = searched;
    const again = this.found?.q === searched;
    if (!again) {
      this.found = null;
      const query = searched
        ? { q: searched, fields: "id,symbol,name,match", limit: PAGE }
        : { sort: "symbol", fields: "id,symbol,name", limit: PAGE };
      const page = await searchGenes(new URLSearchParams(query), signal);
      this.found = { q: searched, ...page };
    }
    this.draw();
    if (again && !this.app.quiet) this.link(this.left)?.focus();
  }

  draw() {
    const { q, genes, next } = this.found;
    fill(
      this.list,
      genes.map((gene) => this.row(gene)),
    );
    this.more = h("button", { type: "button", onclick: () => this.showMore() }, "Show more");
    this.more.hidden = next === null;
    this.trouble = h("p", { class: "problem", role: "alert", hidden: true });
    this.app.show(
      q ? `“${q}”` : "All genes",
      h("h1", {}, q ? `Genes that match “${q}”` : "All genes"),
      genes.length === 0 && this.nothing(q),
      this.list,
      this.trouble,
      h("p", { class: "actions" }, this.more),
      q && genes.length > 0 && this.exports(q),
    );
    this.tell();
  }

  nothing(q) {
    return q
      ? h(
          "p",
          {},
          "No symbol, former symbol, alias or name begins so. Try fewer letters, or ",
          h("a", { href: "#/" }, "see all genes"),
          ".",
        )
      : h("p", {}, "There are no genes yet. ", h("a", { href: "#/new" }, "Add the first one"), ".");
  }

  row(gene) {
    const q = this.found.q;
    const { field, value } = gene.match ?? {};
    const shown = (name) => (field === name ? marked(gene[name], q) : gene[name]);
    return h(
      "li",
      {},
      h(
        "a",
        {
          href: `#/gene/${encodeURIComponent(gene.id)}`,
          onclick: () => {
            this.left = gene.id;
          },
        },
        h("span", { class: "symbol" }, shown("symbol")),
        " ",
        h("span", { class: "name" }, shown("name")),
        WHY[field] && [
          " ",
          h(
            "span",
            { class: "why" },
            WHY[field],
            " ",
            h("span", { class: "symbol" }, marked(value, q)),
          ),
        ],
      ),
    );
  }

  tell() {
    const { q, genes, next } = this.found;
    const all = next === null ? "" : ", and there are more";
    const order = q && genes.length > 1 ? ", the best first" : "";
    this.app.announce(
      genes.length ? `${count(genes.length, "gene")} shown${order}${all}.` : "No genes.",
    );
  }

  exports(q) {
    const link = (format) =>
      h(
        "li",
        {},
        h(
          "a",
          {
            href: urlOf("genedb/gene", { q, format, fields: "all", limit: MOST }),
            download: `genes.${format}`,
          },
          format.toUpperCase(),
        ),
      );
    return h(
      "ul",
      { class: "exports", "aria-label": `Export these results, at most ${count(MOST, "gene")}` },
      ["csv", "tsv", "json", "ndjson"].map(link),
    );
  }

  async showMore() {
    const found = this.found;
    this.trouble.hidden = true;
    this.more.setAttribute("aria-disabled", "true");
    try {
      if (this.loading) return;
      this.loading = true;
      const page = await searchGenes(found.next);
      found.next = page.next;
      found.genes.push(...page.genes);
      if (this.found !== found || !this.list.isConnected) return;
      const rows = page.genes.map((gene) => this.row(gene));
      this.list.append(...rows);
      rows[0]?.querySelector("a").focus();
      this.more.hidden = found.next === null;
      this.tell();
    } catch (problem) {
      this.trouble.textContent = problem.message;
      this.trouble.hidden = false;
    } finally {
      this.loading = false;
      this.more.removeAttribute("aria-disabled");
    }
  }

  link(id) {
    const index = this.found.genes.findIndex((gene) => gene.id === id);
    return this.list.children[index]?.firstElementChild;
  }

  /** Go to the first result. Tell whether there is one. */
  enter() {
    const first = this.list.isConnected ? this.list.querySelector("a") : null;
    first?.focus();
    return first !== null;
  }

  move(event) {
    const links = [...this.list.querySelectorAll("a")];
    const at = links.indexOf(event.target);
    const to = {
      ArrowDown: links[at + 1],
      ArrowUp: at === 0 ? this.input : links[at - 1],
      Home: links[0],
      End: links.at(-1),
      Escape: this.input,
    }[event.key];
    if (to && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      to.focus();
    }
  }
}
