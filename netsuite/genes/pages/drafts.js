// What was typed and not saved yet. It outlives leaving the form and reloading the page.

const PREFIX = "netsuite-genes-draft:";

/** Where drafts are kept when the browser keeps nothing for us. */
const memory = new Map();

/** The draft of a gene that is being edited, or (without an id) added. */
const keyOf = (id) => (id === null ? `${PREFIX}new` : `${PREFIX}gene:${id}`);

/** Keep a draft: `{texts, base, etag}`. */
export function keepDraft(id, draft) {
  memory.set(keyOf(id), draft);
  try {
    sessionStorage.setItem(keyOf(id), JSON.stringify(draft));
  } catch {
    // Storage is off or full. The draft is in memory, and leaving the page asks first.
  }
}

/** Return a draft, or null. */
export function draftOf(id) {
  try {
    return memory.get(keyOf(id)) ?? JSON.parse(sessionStorage.getItem(keyOf(id)));
  } catch {
    return null;
  }
}

/** Forget a draft: it was saved, or the person said to. */
export function forgetDraft(id) {
  memory.delete(keyOf(id));
  try {
    sessionStorage.removeItem(keyOf(id));
  } catch {
    // Then it was never there.
  }
}
