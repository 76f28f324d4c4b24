// Requests to the gene API. It stands beside this page's folder, also below a proxy's path.

export const ROOT = new URL("../", import.meta.url);

/** How long a request may take, in milliseconds. */
const PATIENCE = 20_000;

/** Why a request failed: what the service answered, or status 0 if it did not. */
export class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Return the URL of a path of the service. */
export function urlOf(path, query = {}) {
  const url = new URL(path, ROOT);
  for (const [name, value] of Object.entries(query)) {
    url.searchParams.set(name, value);
  }
  return url;
}

const pathOf = (id) => `genedb/gene/${encodeURIComponent(id)}`;

/**
 * Send a request and return its answer.
 * @returns {Promise<{data: Object, headers: Headers}>}
 * @throws {Problem} when there is no answer, or an error; AbortError when `signal` says so
 */
async function send(method, url, { body, type = "application/json", etag, signal } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = type;
  if (etag) headers["If-Match"] = etag;
  const deadline = AbortSignal.timeout(PATIENCE);
  let response;
  let text;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      // What was read before may be used again only if the service says that it still holds.
      cache: "no-cache",
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    if (deadline.aborted) {
      throw new Problem(0, "The service did not answer in time. Try again in a moment.");
    }
    throw new Problem(0, "The service cannot be reached. Check that it runs, then try again.");
  }
  let data = null;
  try {
    data = JSON.parse(text);
  } catch {
    if (response.ok) {
      throw new Problem(response.status, "The service’s answer is not JSON. Is this its address?");
    }
  }
  if (!response.ok) {
    throw new Problem(
      response.status,
      data?.error?.message ?? `The service answered ${response.status} ${response.statusText}.`,
    );
  }
  return { data, headers: response.headers };
}

/** Return `{data, next}`: a page of a search, and the query of the page after it, or null. */
export async function searchGenes(query, signal) {
  const url = urlOf("genedb/gene");
  url.search = query;
  const { data, headers } = await send("GET", url, { signal });
  return { genes: data.genes, next: nextPage(headers.get("Link")) };
}

// Only the query is taken: a proxy may have put the service below another path.
function nextPage(link) {
  const found = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? "");
  return found ? new URL(found[1], ROOT).search : null;
}

/** Return `{gene, etag}`: all fields of a gene. */
export async function getGene(id, signal) {
  const { data, headers } = await send("GET", urlOf(pathOf(id), { fields: "all" }), { signal });
  return { gene: data.gene[0], etag: headers.get("ETag") };
}

/** Add a gene. */
export async function addGene(gene) {
  await send("POST", urlOf("genedb/gene"), { body: gene });
}

/** Change some fields of the gene that has this ETag still (else: a Problem with status 412). */
export async function changeGene(id, changes, etag) {
  await send("PATCH", urlOf(pathOf(id)), {
    body: changes,
    type: "application/merge-patch+json",
    etag,
  });
}

/** Remove the gene that has this ETag still (else: a Problem with status 412). */
export async function deleteGene(id, etag) {
  await send("DELETE", urlOf(pathOf(id)), { etag });
}

/** Return what is known about the data: how many genes, where from, when changed. */
export async function getMeta() {
  return (await send("GET", urlOf("genedb/meta"))).data;
}
