// A gene's page, and deleting it.

import { deleteGene, getGene, Problem } from "./api.js";
import { h } from "./dom.js";
import { draftOf, forgetDraft } from "./drafts.js";
import { changesBetween, EDITABLE, FIELDS } from "./fields.js";
import { searchHash } from "./search.js";

/** Where other databases tell of the same gene. Only values of the expected form become links. */
const ELSEWHERE = {
  hgnc_id: {
    form: /^HGNC:\d+$/,
    url: (id) => `https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/${id}`,
  },
  entrez_id: { form: /^\d+$/, url: (id) => `https://www.ncbi.nlm.nih.gov/gene/${id}` },
  ensembl_gene_id: { form: /^ENSG\d+$/, url: (id) => `https://www.ensembl.org/id/${id}` },
};

/** Return the address of a gene's page. */
export function geneHash(id, action = "") {
  return `#/gene/${encodeURIComponent(id)}${action}`;
}

/**
 * Return a value as nodes, for reading.
 * @param {boolean} links whether symbols lead to searches, and ids to other databases
 */
export function shownValue(field, value, { links = false } = {}) {
  if (value === null || value.length === 0) return h("span", { class: "none" }, "none");
  if (field.list) {
    const item = (symbol) =>
      links
        ? h("a", { class: "symbol", href: searchHash(symbol) }, symbol)
        : h("span", { class: "symbol" }, symbol);
    return h(
      "ul",
      { class: "symbols" },
      value.map((symbol) => h("li", {}, item(symbol))),
    );
  }
  const elsewhere = ELSEWHERE[field.name];
  if (links && elsewhere?.form.test(value)) {
    return h("a", { href: elsewhere.url(value), rel: "noreferrer" }, value);
  }
  return value;
}

/** Return the fields that differ between two states of a gene, each as it was and as it is. */
export function changeList(fields, before, after) {
  return h(
    "dl",
    { class: "fields" },
    fields.map((field) =>
      h(
        "div",
        {},
        h("dt", {}, field.label),
        h(
          "dd",
          {},
          h(
            "del",
            {},
            h("span", { class: "unseen" }, "was "),
            shownValue(field, before[field.name]),
          ),
          " ",
          h(
            "ins",
            {},
            h("span", { class: "unseen" }, "is now "),
            shownValue(field, after[field.name]),
          ),
        ),
      ),
    ),
  );
}

/**
 * Show a gene.
 * @param notice what to tell above it: nodes, or nothing
 */
export async function showGene(app, id, signal, notice = null) {
  const { gene, etag } = await found(id, signal);
  const rows = FIELDS.filter((field) => field.name !== "symbol" && field.name !== "name").map(
    (field) =>
      h(
        "div",
        {},
        h("dt", {}, field.label),
        h("dd", {}, shownValue(field, gene[field.name], { links: true })),
      ),
  );
  app.show(
    gene.symbol,
    notice,
    draftOf(id) && draftNotice(app, id),
    h("h1", { class: "gene" }, h("span", { class: "symbol" }, gene.symbol)),
    h("p", { class: "fullname" }, gene.name),
    h("dl", { class: "fields" }, rows),
    h(
      "p",
      { class: "actions" },
      h("a", { class: "button primary", href: geneHash(id, "/edit") }, "Edit"),
      h(
        "button",
        { type: "button", class: "danger", onclick: () => confirmDelete(app, gene, etag) },
        "Delete…",
      ),
      app.backLink(),
    ),
  );
}

async function found(id, signal) {
  try {
    return await getGene(id, signal);
  } catch (error) {
    if (error.status !== 404) throw error;
    throw new Problem(404, `There is no gene with the identifier ${id}. It may have been deleted.`);
  }
}

function draftNotice(app, id) {
  const notice = h(
    "div",
    { class: "notice" },
    h("p", {}, "You have changed this gene and not saved it yet."),
    h(
      "p",
      { class: "actions" },
      h("a", { class: "button", href: geneHash(id, "/edit") }, "Go on editing"),
      h(
        "button",
        {
          type: "button",
          onclick: () => {
            forgetDraft(id);
            notice.remove();
            app.announce("Your changes were discarded.");
          },
        },
        "Discard my changes",
      ),
    ),
  );
  return notice;
}

/** Ask, and delete the gene as it was shown. */
function confirmDelete(app, gene, etag) {
  const trouble = h("p", { class: "problem", role: "alert", hidden: true });
  const remove = h("button", { type: "button", class: "danger" }, "Delete");
  const cancel = h(
    "button",
    { type: "button", autofocus: true, onclick: () => dialog.close() },
    "Keep it",
  );
  const dialog = h(
    "dialog",
    {
      "aria-labelledby": "delete-title",
      "aria-describedby": "delete-text",
      onclose: () => dialog.remove(),
    },
    h("h2", { id: "delete-title" }, "Delete ", h("span", { class: "symbol" }, gene.symbol), "?"),
    h(
      "p",
      { id: "delete-text" },
      `${gene.name} (identifier ${gene.id}) will be gone for everyone.`,
    ),
    trouble,
    h("p", { class: "actions" }, cancel, remove),
  );
  let deleting = false;
  remove.addEventListener("click", async () => {
    if (deleting) return;
    deleting = true;
    trouble.hidden = true;
    try {
      await deleteGene(gene.id, etag);
    } catch (error) {
      deleting = false;
      if (error.status === 412) {
        dialog.close();
        await showChanged(app, gene);
        return;
      }
      if (error.status !== 404) {
        trouble.textContent = error.message;
        trouble.hidden = false;
        return;
      }
      // Somebody else deleted it a moment ago: what was wanted is so.
    }
    dialog.close();
    forgetDraft(gene.id);
    app.changed();
    await app.go("#/", { replace: true });
    app.announce(`${gene.symbol} was deleted.`);
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Somebody else changed the gene that was to be deleted: show it anew, and what they changed. */
async function showChanged(app, before) {
  const { gene } = await getGene(before.id);
  const changed = EDITABLE.filter(({ name }) => name in changesBetween(before, gene));
  const notice = h(
    "div",
    { class: "notice" },
    h(
      "p",
      {},
      "Somebody else changed this gene meanwhile, so it was not deleted. This was changed:",
    ),
    changeList(changed, before, gene),
  );
  await showGene(app, before.id, undefined, notice);
  app.announce("It was not deleted: somebody else changed it meanwhile.");
}
