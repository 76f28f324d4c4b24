// The fields of a gene: how they are named, typed in, compared and merged. Nothing here draws.

export const FIELDS = [
  {
    name: "id",
    label: "Identifier",
    hint: "Identifies the gene for ever, and cannot be changed later: its Entrez id, say.",
    required: true,
  },
  { name: "symbol", label: "Symbol", hint: "The approved symbol, such as A1BG.", required: true },
  { name: "name", label: "Name", hint: "The full name: alpha-1-B glycoprotein.", required: true },
  { name: "hgnc_id", label: "HGNC ID", hint: "Such as HGNC:5." },
  { name: "entrez_id", label: "Entrez ID", hint: "NCBI’s number of the gene." },
  { name: "ensembl_gene_id", label: "Ensembl gene ID", hint: "Such as ENSG00000121410." },
  { name: "location", label: "Location", hint: "The cytogenetic band: 19q13.43." },
  { name: "locus_type", label: "Locus type", hint: "Such as gene with protein product." },
  { name: "previous_symbols", label: "Previous symbols", hint: "One on each line.", list: true },
  { name: "alias_symbols", label: "Alias symbols", hint: "One on each line.", list: true },
];

/** What may be changed after a gene was added. */
export const EDITABLE = FIELDS.filter((field) => field.name !== "id");

/** Return a value as it stands in a text field. */
export function toText(field, value) {
  return field.list ? (value ?? []).join("\n") : (value ?? "");
}

/** Return what was typed as a value. Symbols hold no `|`; lists are often pasted with it. */
export function fromText(field, text) {
  if (field.list) {
    return text
      .split(/[\n|]/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
  }
  return text.trim() === "" && !field.required ? null : text.trim();
}

/** Tell whether two values of a field are the same. */
export function same(field, one, other) {
  return toText(field, one) === toText(field, other);
}

/**
 * Return the gene that the texts of a form describe. A text that was not touched stands for the
 * very value that it was made from.
 */
export function fromTexts(texts, base) {
  return Object.fromEntries(
    FIELDS.map((field) => [
      field.name,
      base && texts[field.name] === toText(field, base[field.name])
        ? base[field.name]
        : fromText(field, texts[field.name]),
    ]),
  );
}

/** Return the texts of a form that shows a gene. */
export function toTexts(gene) {
  return Object.fromEntries(FIELDS.map((field) => [field.name, toText(field, gene[field.name])]));
}

/** Return what has to be changed to make one gene the other, as a JSON Merge Patch. */
export function changesBetween(from, to) {
  return Object.fromEntries(
    EDITABLE.filter((field) => !same(field, from[field.name], to[field.name])).map((field) => [
      field.name,
      to[field.name],
    ]),
  );
}

/**
 * Compare two changes of the same gene.
 * @returns {{both: Array, theirs: Array, mine: Array}} the fields that both changed, and not to
 *   the same value; that only they changed; and that only I changed
 */
export function compare(base, mine, theirs) {
  const fields = { both: [], theirs: [], mine: [] };
  for (const field of EDITABLE) {
    const [was, my, their] = [base, mine, theirs].map((gene) => gene[field.name]);
    if (same(field, my, their)) continue;
    if (same(field, my, was)) fields.theirs.push(field);
    else if (same(field, their, was)) fields.mine.push(field);
    else fields.both.push(field);
  }
  return fields;
}

/** Return the field that an error message is about, or undefined: the first that it names. */
export function fieldNamedIn(message) {
  const named = FIELDS.map((field) => [message.search(new RegExp(`\\b${field.name}\\b`)), field])
    .filter(([position]) => position >= 0)
    .sort(([one], [other]) => one - other);
  return named[0]?.[1];
}
