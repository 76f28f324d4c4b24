// The API's documentation, made of its own description, /openapi.json.

import { fill, h } from "../browse/dom.js";
import { inline, markdown } from "./markdown.js";
import { Description, schemaView } from "./schema.js";
import { tryForm } from "./tryit.js";

/** The service's address: this page may stand below a proxy's path. */
const ROOT = new URL("../", import.meta.url);

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

async function load() {
  const state = document.getElementById("state");
  try {
    const response = await fetch(new URL("openapi.json", ROOT), {
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    draw(new Description(await response.json()));
    state.remove();
  } catch (error) {
    console.error(error);
    state.className = "problem";
    fill(
      state,
      `The description of the API cannot be shown: ${error.message}. `,
      h("button", { type: "button", onclick: () => location.reload() }, "Try again"),
    );
    return;
  }
  // The browser looked for the address's part of the page before there was one.
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted) wanted.scrollIntoView();
}

function draw(description) {
  const { info, components = {} } = description.document;
  document.title = info.title;
  document.getElementById("title").textContent = info.title;
  const groups = grouped(description);
  const schemas = Object.entries(components.schemas ?? {});
  document.getElementById("main").append(
    h(
      "p",
      { class: "version" },
      `Version ${info.version} · `,
      h("a", { href: "openapi.json" }, "openapi.json"),
    ),
    h("div", { class: "lead" }, markdown(info.description ?? "")),
    ...groups.map(({ name, text, operations }) =>
      h(
        "section",
        { "aria-labelledby": anchor("tag", name) },
        h("h2", { id: anchor("tag", name) }, name),
        markdown(text),
        operations.map((operation) => operationView(description, operation)),
      ),
    ),
    h(
      "section",
      { "aria-labelledby": "schemas" },
      h("h2", { id: "schemas" }, "Schemas"),
      schemas.map(([name, schema]) =>
        h(
          "div",
          { class: "schema" },
          h("h3", { id: `schema-${name}` }, name),
          schemaView(description, schema),
        ),
      ),
    ),
  );
  document.getElementById("contents").append(contents(groups));
}

/** Return the list of what there is; where it does not stand beside the rest, it is folded. */
function contents(groups) {
  const beside = matchMedia("(min-width: 60.01rem)").matches;
  const link = ({ id, method, summary, deprecated }) =>
    h("a", { href: `#${id}` }, methodLabel(method), " ", summary, deprecated && " (deprecated)");
  return h(
    "details",
    { open: beside },
    h("summary", {}, "Contents"),
    groups.map(({ name, operations }) => [
      h("h2", {}, h("a", { href: `#${anchor("tag", name)}` }, name)),
      h(
        "ul",
        {},
        operations.map((operation) => h("li", {}, link(operation))),
      ),
    ]),
    h("h2", {}, h("a", { href: "#schemas" }, "Schemas")),
  );
}

const anchor = (kind, name) => `${kind}-${name.replace(/[^\w-]+/g, "-")}`;

function grouped(description) {
  const { paths, tags = [] } = description.document;
  const groups = new Map(
    tags.map(({ name, description: text }) => [name, { name, text, operations: [] }]),
  );
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS.filter((each) => item[each])) {
      const operation = item[method];
      const name = operation.tags?.[0] ?? "Others";
      if (!groups.has(name)) groups.set(name, { name, text: "", operations: [] });
      groups.get(name).operations.push({
        ...operation,
        method,
        path,
        id: anchor("operation", operation.operationId ?? `${method}-${path}`),
        summary: operation.summary ?? path,
        parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((each) =>
          description.resolve(each),
        ),
      });
    }
  }
  return [...groups.values()].filter(({ operations }) => operations.length > 0);
}

function methodLabel(method) {
  return h("span", { class: `method ${method}` }, method.toUpperCase());
}

function operationView(description, operation) {
  const body = operation.requestBody && description.resolve(operation.requestBody);
  return h(
    "article",
    { class: "operation", "aria-labelledby": operation.id },
    h(
      "h3",
      { id: operation.id },
      operation.summary,
      operation.deprecated && [" ", h("span", { class: "deprecated" }, "deprecated")],
    ),
    h("p", { class: "route" }, methodLabel(operation.method), " ", h("code", {}, operation.path)),
    markdown(operation.description ?? ""),
    operation.parameters.length > 0 && [
      h("h4", {}, "Parameters"),
      h(
        "dl",
        { class: "members" },
        operation.parameters.map((parameter) =>
          h(
            "div",
            {},
            h(
              "dt",
              {},
              h("code", {}, parameter.name),
              h("span", { class: "where" }, parameter.in, parameter.required && ", required"),
            ),
            h(
              "dd",
              {},
              markdown(parameter.description ?? ""),
              schemaView(description, parameter.schema ?? {}),
            ),
          ),
        ),
      ),
    ],
    body && [h("h4", {}, "Body"), content(description, body.content)],
    h("h4", {}, "Answers"),
    h(
      "div",
      { class: "answers" },
      Object.entries(operation.responses ?? {}).map(([status, given]) => {
        const answer = description.resolve(given);
        const [first, ...others] = (answer.description ?? "").split("\n");
        return h(
          "details",
          {},
          h(
            "summary",
            {},
            h("code", { class: `status s${status[0]}` }, status),
            " ",
            inline(first),
          ),
          markdown(others.join("\n")),
          headers(description, answer.headers),
          content(description, answer.content),
        );
      }),
    ),
    tryForm(description, { ...operation, body }, ROOT),
  );
}

function headers(description, fields) {
  if (!fields) return null;
  return h(
    "dl",
    { class: "members" },
    Object.entries(fields).map(([name, given]) => {
      const field = description.resolve(given);
      return h(
        "div",
        {},
        h("dt", {}, h("code", {}, name), h("span", { class: "where" }, "header")),
        h("dd", {}, markdown(field.description ?? ""), schemaView(description, field.schema ?? {})),
      );
    }),
  );
}

/** Media types of one schema are told together. */
function content(description, types) {
  const alike = new Map();
  for (const [type, { schema = {} }] of Object.entries(types ?? {})) {
    const key = JSON.stringify(schema);
    alike.set(key, { schema, types: [...(alike.get(key)?.types ?? []), type] });
  }
  return [...alike.values()].map(({ schema, types: names }) =>
    h(
      "div",
      { class: "content" },
      h(
        "p",
        { class: "types" },
        names.map((name, index) => [index > 0 && " or ", h("code", {}, name)]),
      ),
      schemaView(description, schema),
    ),
  );
}

load();
