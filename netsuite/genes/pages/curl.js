// The curl command that sends a request, for people to paste into a shell.

/** Quote a word for a POSIX shell. */
export function shellQuoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * Return the command that sends a request.
 * @param {{method: string, url: string, headers: Array, body: string|undefined}} request
 */
export function curlCommand({ method, url, headers, body }) {
  const words = ["curl", "-i"];
  if (method === "HEAD") words.push("--head");
  else if (method !== (body === undefined ? "GET" : "POST")) words.push("-X", method);
  for (const [name, value] of headers) words.push("-H", `${name}: ${value}`);
  // Not -d: it would read the file that a body beginning with @ names.
  if (body !== undefined) words.push("--data-raw", body);
  words.push(url);
  return words.map(shellQuoted).join(" ");
}
