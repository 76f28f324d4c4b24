// Two people changed the same gene: what the other changed, and a choice for each field.

import { h } from "./dom.js";
import { changeList, shownValue } from "./gene.js";

/**
 * Return a panel that shows both changes and asks which hold.
 * @param fields what was changed by whom: see `compare` in fields.js
 * @param genes `{base, mine, theirs}`
 * @param {{save: Function, edit: Function, discard: Function}} then what the person can do; the
 *   first two are called with the gene as it was put together
 */
export function conflictPanel(fields, { base, mine, theirs }, then) {
  const choices = fields.both.map((field) => choice(field, base, mine, theirs));
  const form = h(
    "form",
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        const open = choices.filter(({ decided }) => !decided());
        for (const { error, decided } of choices) error.hidden = decided();
        if (open.length > 0) open[0].first.focus();
        else then.save(merged());
      },
    },
    choices.map(({ element }) => element),
    listed("Also changed by the other person, and kept:", fields.theirs, base, theirs),
    listed("Changed by you alone:", fields.mine, base, mine),
    h(
      "p",
      { class: "actions" },
      h(
        "button",
        { class: "primary" },
        fields.both.length > 0 ? "Save what I chose" : "Save mine on top",
      ),
      h("button", { type: "button", onclick: () => then.edit(merged()) }, "Go on editing"),
      h("button", { type: "button", onclick: () => then.discard() }, "Discard my changes"),
    ),
  );

  function merged() {
    const gene = { ...theirs };
    for (const { name } of fields.mine) gene[name] = mine[name];
    for (const { name, isMine } of choices) if (isMine()) gene[name] = mine[name];
    return gene;
  }

  return h(
    "section",
    { class: "conflict", "aria-labelledby": "conflict-title" },
    h("h2", { id: "conflict-title" }, "Somebody else changed this gene while you edited it"),
    h(
      "p",
      {},
      fields.both.length > 0
        ? "Nothing is saved yet. You both changed what stands here; choose what shall hold."
        : "Nothing is saved yet. You changed different fields, so both changes can hold.",
    ),
    form,
  );
}

function choice(field, base, mine, theirs) {
  const radio = (value, label, gene) => {
    const input = h("input", { type: "radio", name: `choice-${field.name}`, value });
    return [
      input,
      h(
        "label",
        {},
        input,
        h("span", {}, h("b", {}, label), " ", shownValue(field, gene[field.name])),
      ),
    ];
  };
  const [mineInput, mineLabel] = radio("mine", "Yours:", mine);
  const [theirsInput, theirsLabel] = radio("theirs", "Theirs:", theirs);
  const error = h(
    "p",
    { class: "error", hidden: true, id: `choice-${field.name}-error` },
    "Choose one of the two.",
  );
  const before = h("p", { class: "hint" }, "It was: ", shownValue(field, base[field.name]));
  return {
    name: field.name,
    error,
    first: mineInput,
    isMine: () => !theirsInput.checked,
    decided: () => mineInput.checked || theirsInput.checked,
    element: h(
      "fieldset",
      { "aria-describedby": error.id },
      h("legend", {}, field.label),
      before,
      error,
      mineLabel,
      theirsLabel,
    ),
  };
}

function listed(heading, fields, from, to) {
  if (fields.length === 0) return null;
  return [h("h3", {}, heading), changeList(fields, from, to)];
}
