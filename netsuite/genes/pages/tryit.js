// The form that sends a request of an operation, and shows what is answered.

import { fill, h } from "../browse/dom.js";
import { curlCommand } from "./curl.js";
import { exampleOf } from "./schema.js";

/** How long an answer may take, in milliseconds, and how much of it is shown, in characters. */
const PATIENCE = 60_000;
const SHOWN = 100_000;

/** What changes something, and so deserves a word of warning. */
const CHANGING = new Set(["put", "post", "delete", "patch"]);

/**
 * Return the form of an operation.
 * @param operation as in the description, with `id`, `method`, `path` and the resolved `body`
 * @param {URL} root the service's address
 */
export function tryForm(description, operation, root) {
  const place = h("div");
  const details = h(
    "details",
    {
      class: "try",
      ontoggle: () => {
        // Most forms are never looked at: each is made when it is.
        if (details.open && !place.hasChildNodes())
          place.append(new Form(description, operation, root).element);
      },
    },
    h("summary", {}, "Try it", h("span", { class: "unseen" }, `: ${operation.summary}`)),
    place,
  );
  return details;
}

class Form {
  constructor(description, operation, root) {
    this.description = description;
    this.operation = operation;
    this.root = root;
    this.fields = operation.parameters.map((parameter) => ({
      parameter,
      input: this.input(parameter),
    }));
    this.accept = this.choice("accept", this.answerTypes());
    this.type = this.choice("type", Object.keys(operation.body?.content ?? {}));
    this.body = h("textarea", { id: this.id("body"), rows: 6, spellcheck: "false", class: "code" });
    this.type.addEventListener("change", () => this.suggestBody());
    this.suggestBody();
    this.curl = h("code");
    this.state = h("p", { role: "status", class: "state" });
    this.answer = h("div", { class: "answer" });
    this.sending = false;
    this.element = h(
      "form",
      {
        oninput: () => this.showCurl(),
        onchange: () => this.showCurl(),
        onsubmit: (event) => {
          event.preventDefault();
          this.submit();
        },
      },
      CHANGING.has(operation.method) &&
        h("p", { class: "hint" }, "This changes the service’s real data."),
      this.fields.map(({ parameter, input }) => row(parameter.name, input, parameter.in)),
      this.accept.options.length > 1 && row("Accept", this.accept, "header"),
      operation.body && [
        this.type.options.length > 1 && row("Content-Type", this.type, "header"),
        row("Body", this.body, this.type.value),
      ],
      h("h4", { id: this.id("curl") }, "As a command"),
      h("pre", { tabindex: 0, role: "group", "aria-labelledby": this.id("curl") }, this.curl),
      h(
        "p",
        { class: "actions" },
        h("button", { class: "primary" }, "Send"),
        h("button", { type: "button", onclick: () => this.copy() }, "Copy the command"),
      ),
      this.state,
      this.answer,
    );
    this.showCurl();
  }

  id(name) {
    return `${this.operation.id}-${name.replace(/[^\w-]+/g, "-")}`;
  }

  input(parameter) {
    const schema = this.description.resolve(parameter.schema ?? {});
    const id = this.id(`${parameter.in}-${parameter.name}`);
    const values = schema.enum ?? (schema.type === "boolean" ? ["true", "false"] : null);
    if (values) {
      const names = parameter.required ? values : ["", ...values];
      return h(
        "select",
        { id },
        names.map((value) => h("option", { value }, String(value))),
      );
    }
    const example = parameter.required
      ? (parameter.example ?? exampleOf(this.description, schema))
      : "";
    return h("input", {
      id,
      value: example ?? "",
      required: parameter.required,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      inputmode: schema.type === "integer" ? "numeric" : null,
    });
  }

  choice(name, values) {
    return h(
      "select",
      { id: this.id(name) },
      values.map((value) => h("option", { value }, value)),
    );
  }

  answerTypes() {
    const good = Object.entries(this.operation.responses ?? {}).filter(([status]) =>
      status.startsWith("2"),
    );
    const types = good.flatMap(([, answer]) =>
      Object.keys(this.description.resolve(answer).content ?? {}),
    );
    return [...new Set(types)];
  }

  suggestBody() {
    const schema = this.operation.body?.content[this.type.value]?.schema;
    if (!schema) return;
    const example = exampleOf(this.description, schema);
    this.body.value = typeof example === "string" ? example : JSON.stringify(example, null, 2);
  }

  /** Return the request that the form describes. */
  request() {
    let path = this.operation.path;
    const query = new URLSearchParams();
    const headers = [];
    for (const { parameter, input } of this.fields) {
      const { value } = input;
      if (parameter.in === "path")
        path = path.replace(`{${parameter.name}}`, () => encodeURIComponent(value));
      else if (value === "") continue;
      else if (parameter.in === "query") query.append(parameter.name, value);
      else if (parameter.in === "header") headers.push([parameter.name, value]);
    }
    if (this.accept.options.length > 1 && this.accept.selectedIndex > 0)
      headers.push(["Accept", this.accept.value]);
    if (this.operation.body) headers.push(["Content-Type", this.type.value]);
    const url = new URL(path.slice(1), this.root);
    url.search = query;
    return {
      method: this.operation.method.toUpperCase(),
      url: url.href,
      headers,
      body: this.operation.body ? this.body.value : undefined,
    };
  }

  showCurl() {
    this.curl.textContent = curlCommand(this.request());
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.curl.textContent);
      this.state.textContent = "The command was copied.";
    } catch {
      getSelection().selectAllChildren(this.curl);
      this.state.textContent = "The command is selected: copy it with the keyboard.";
    }
  }

  async submit() {
    if (this.sending) return;
    this.sending = true;
    const { url, ...request } = this.request();
    this.state.textContent = "Sending…";
    try {
      const response = await fetch(url, {
        ...request,
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE),
      });
      const { text, cut } = await beginningOf(response);
      this.state.textContent = `Answered: ${response.status} ${response.statusText}`;
      this.showAnswer(response, text, cut);
    } catch (error) {
      this.state.textContent = `Not answered: ${error.message}`;
      fill(this.answer);
    } finally {
      this.sending = false;
    }
  }

  showAnswer(response, text, cut) {
    const block = (name, label, content) => [
      h("h4", { id: this.id(name) }, label),
      h(
        "pre",
        { class: name, tabindex: 0, role: "group", "aria-labelledby": this.id(name) },
        content,
      ),
    ];
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    fill(
      this.answer,
      block("headers", "Header fields", headers),
      text !== "" && block("content", "Body", readable(text)),
      cut &&
        h("p", { class: "hint" }, `Only the first ${SHOWN.toLocaleString()} characters are shown.`),
    );
  }
}

function row(label, input, where) {
  return h(
    "div",
    { class: "row" },
    h("label", { for: input.id }, label, " ", h("span", { class: "where" }, where)),
    input,
  );
}

function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Return `{text, cut}`: the beginning of an answer's body, and whether there was more. */
async function beginningOf(response) {
  if (response.body === null) return { text: "", cut: false };
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.length <= SHOWN) {
    const { done, value } = await reader.read();
    if (done) return { text, cut: false };
    text += value;
  }
  await reader.cancel();
  return { text: text.slice(0, SHOWN), cut: true };
}
