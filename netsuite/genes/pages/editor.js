// The form in which a gene is added or edited. What was typed stays until it is saved or discarded.

import { addGene, changeGene, getGene, Problem } from "./api.js";
import { conflictPanel } from "./conflict.js";
import { focusOn, h } from "./dom.js";
import { draftOf, forgetDraft, keepDraft } from "./drafts.js";
import {
  changesBetween,
  compare,
  EDITABLE,
  fieldNamedIn,
  FIELDS,
  fromTexts,
  toText,
  toTexts,
} from "./fields.js";
import { geneHash } from "./gene.js";

/**
 * Show the form.
 * @param {string|null} id the gene to edit, or null to add one
 */
export async function showEditor(app, id, signal) {
  let start = draftOf(id);
  const resumed = start !== null;
  if (!resumed) {
    const { gene, etag } = id === null ? { gene: null, etag: null } : await getGene(id, signal);
    start = { base: gene, etag, texts: toTexts(gene ?? {}) };
  }
  new Editor(app, id, start).show(resumed);
}

/** Leaving the page loses nothing that reloading it restores, but closing it would. */
let dirty = () => false;
addEventListener("beforeunload", (event) => {
  if (dirty()) event.preventDefault();
});

class Editor {
  /** @param start what to start from: `{base, etag, texts}`, as a draft has it */
  constructor(app, id, { base, etag, texts }) {
    this.app = app;
    this.id = id;
    this.base = base;
    this.etag = etag;
    this.inputs = {};
    this.errors = {};
    this.saving = false;
    this.trouble = h("div", { class: "problem", role: "alert", hidden: true });
    this.saveButton = h("button", { class: "primary" }, id === null ? "Add the gene" : "Save");
    this.discardButton = h(
      "button",
      { type: "button", onclick: () => this.discard() },
      "Discard my changes",
    );
    this.form = h(
      "form",
      {
        class: "editor",
        novalidate: true,
        oninput: () => this.keep(),
        onsubmit: (event) => {
          event.preventDefault();
          this.save();
        },
      },
      (id === null ? FIELDS : EDITABLE).map((field) => this.row(field)),
      this.trouble,
      h(
        "p",
        { class: "actions" },
        this.saveButton,
        this.discardButton,
        h(
          "a",
          { class: "quiet", href: id === null ? "#/" : geneHash(id) },
          id === null ? "All genes" : "Back to the gene",
        ),
      ),
    );
    this.fillIn(texts);
  }

  row(field) {
    const own = `field-${field.name}`;
    const attributes = {
      id: own,
      name: field.name,
      required: field.required,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: field.name === "name" ? "true" : "false",
      "aria-describedby": `${own}-error ${own}-hint`,
    };
    const input = field.list ? h("textarea", { ...attributes, rows: 3 }) : h("input", attributes);
    this.inputs[field.name] = input;
    this.errors[field.name] = h("p", { class: "error", id: `${own}-error`, hidden: true });
    return h(
      "div",
      { class: "row" },
      h(
        "label",
        { for: own },
        field.label,
        !field.required && h("span", { class: "optional" }, " (optional)"),
      ),
      h("p", { class: "hint", id: `${own}-hint` }, field.hint),
      this.errors[field.name],
      input,
    );
  }

  show(resumed) {
    const title = this.id === null ? "Add a gene" : `Edit ${this.base.symbol}`;
    this.view = h(
      "div",
      {},
      h(
        "h1",
        {},
        this.id === null ? title : ["Edit ", h("span", { class: "symbol" }, this.base.symbol)],
      ),
      this.form,
    );
    this.app.show(title, this.view);
    if (resumed) this.app.announce("What you typed before is still here, and not saved yet.");
    dirty = () => this.form.isConnected && this.dirty;
  }

  get texts() {
    const typed = Object.entries(this.inputs).map(([name, input]) => [name, input.value]);
    return { ...(this.id === null ? {} : { id: this.id }), ...Object.fromEntries(typed) };
  }

  get dirty() {
    return Object.entries(this.inputs).some(
      ([name, input]) =>
        input.value !==
        toText(
          FIELDS.find((field) => field.name === name),
          this.base?.[name],
        ),
    );
  }

  fillIn(texts) {
    for (const [name, input] of Object.entries(this.inputs)) input.value = texts[name];
    this.discardButton.hidden = !this.dirty;
  }

  keep() {
    this.discardButton.hidden = !this.dirty;
    if (this.dirty) keepDraft(this.id, { base: this.base, etag: this.etag, texts: this.texts });
    else forgetDraft(this.id);
  }

  discard() {
    forgetDraft(this.id);
    dirty = () => false;
    if (this.id !== null) {
      this.app.go(geneHash(this.id), { replace: true });
      return;
    }
    this.fillIn(toTexts({}));
    this.showErrors([]);
    this.inputs.id.focus();
    this.app.announce("What you typed was discarded.");
  }

  /** Save, unless that is being done already. Nothing can be typed meanwhile that would be lost. */
  async save() {
    if (this.saving) return;
    const gene = fromTexts(this.texts, this.base);
    const missing = FIELDS.filter((field) => field.required && !gene[field.name]);
    this.showErrors(missing.map((field) => [field, "Fill this in: a gene needs it."]));
    if (missing.length > 0) return;
    this.busy(true);
    try {
      await (this.id === null ? addGene(given(gene)) : this.change(gene));
      this.done(gene);
    } catch (error) {
      await this.explain(error, gene).catch((other) => this.refuse(other.message));
    } finally {
      this.busy(false);
    }
  }

  async change(gene) {
    const changes = changesBetween(this.base, gene);
    if (Object.keys(changes).length > 0) await changeGene(this.id, changes, this.etag);
  }

  busy(saving) {
    this.saving = saving;
    this.saveButton.setAttribute("aria-disabled", saving);
    for (const input of Object.values(this.inputs)) input.readOnly = saving;
    if (saving) this.app.announce("Saving…");
  }

  done(gene) {
    forgetDraft(this.id);
    dirty = () => false;
    this.app.changed();
    // Not if the person has gone elsewhere meanwhile.
    if (!this.form.isConnected) return;
    this.app.go(geneHash(gene.id), { replace: true }).then(() => {
      this.app.announce(`${gene.symbol} was ${this.id === null ? "added" : "saved"}.`);
    });
  }

  /** Show why a gene was not saved, where it helps most. */
  async explain(error, gene) {
    this.app.announce("");
    if (error.status === 412) {
      await this.reconcile(gene);
    } else if (error.status === 409) {
      const link = h("a", { href: geneHash(gene.id) }, "See the gene that has it.");
      this.showErrors([[FIELDS[0], ["This identifier is taken. ", link]]]);
    } else if (error.status === 404 && this.id !== null) {
      this.offerToAdd(gene);
    } else if (error.status === 400 && fieldNamedIn(error.message) !== undefined) {
      const field = fieldNamedIn(error.message);
      this.showErrors([[field, inPlace(field, error.message)]]);
    } else if (error instanceof Problem) {
      this.refuse(error.message);
    } else {
      throw error;
    }
  }

  /** Show messages beside their fields, none beside the others, and go to the first of them. */
  showErrors(errors) {
    this.trouble.hidden = true;
    const messages = new Map(errors.map(([field, message]) => [field.name, message]));
    for (const [name, input] of Object.entries(this.inputs)) {
      const message = messages.get(name);
      this.errors[name].hidden = message === undefined;
      this.errors[name].replaceChildren(...[message ?? []].flat());
      if (message === undefined) input.removeAttribute("aria-invalid");
      else input.setAttribute("aria-invalid", "true");
    }
    if (errors.length > 0) {
      const [first] = errors;
      if (this.inputs[first[0].name]) this.inputs[first[0].name].focus();
      else this.refuse(first[1]);
    }
  }

  /** Say what is wrong with the whole. */
  refuse(message) {
    this.trouble.replaceChildren(
      h("p", {}, message),
      h("p", {}, "Nothing that you typed is lost."),
    );
    this.trouble.hidden = false;
  }

  /** Somebody deleted the gene meanwhile. */
  offerToAdd(gene) {
    this.refuse("Somebody deleted this gene meanwhile.");
    const again = async () => {
      try {
        await addGene(given(gene));
        this.done(gene);
      } catch (error) {
        this.refuse(error.message);
      }
    };
    this.trouble.append(
      h(
        "p",
        { class: "actions" },
        h("button", { type: "button", onclick: again }, "Add it again as you have it"),
      ),
    );
  }

  /** Somebody changed the gene meanwhile: let the person see what, and choose. */
  async reconcile(mine) {
    let latest;
    try {
      latest = await getGene(this.id);
    } catch (error) {
      if (error.status !== 404) throw error;
      this.offerToAdd(mine);
      return;
    }
    const { gene: theirs, etag } = latest;
    const fields = compare(this.base, mine, theirs);
    const take = (merged) => {
      panel.remove();
      this.form.hidden = false;
      this.base = theirs;
      this.etag = etag;
      this.fillIn(toTexts(merged));
      this.keep();
    };
    if (fields.both.length + fields.mine.length === 0) {
      this.done(theirs); // They did just what I wanted, or an answer to me was lost on its way.
      return;
    }
    const panel = conflictPanel(
      fields,
      { base: this.base, mine, theirs },
      {
        save: (merged) => {
          take(merged);
          this.save();
        },
        edit: (merged) => {
          take(merged);
          this.inputs.symbol.focus();
        },
        discard: () => this.discard(),
      },
    );
    this.form.hidden = true;
    this.view.append(panel);
    focusOn(panel.querySelector("h2"));
  }
}

/** Return a message that names a field or a symbol in it for a place where one sees which it is. */
function inPlace(field, message) {
  return message
    .replace(new RegExp(`^${field.name}\\[(\\d+)\\]`), (_, index) => `Line ${Number(index) + 1}`)
    .replace(new RegExp(`^${field.name}\\b`), "This");
}

/** Leave out the fields that a new gene does not have. */
function given(gene) {
  return Object.fromEntries(
    Object.entries(gene).filter(([, value]) => value !== null && value.length > 0),
  );
}
