// JSON Schema, as OpenAPI 3.1 uses it, for people: what a value may be, and an example of it.

import { h } from "../browse/dom.js";
import { markdown } from "./markdown.js";

/** How deep an example may be nested before it stops. */
const DEPTH = 6;

/** The longest pattern that is shown without being asked for, in characters. */
const SHORT = 40;

/** An OpenAPI description whose references can be followed. */
export class Description {
  constructor(document) {
    this.document = document;
  }

  /** Return what a value with `$ref` stands for. */
  resolve(value) {
    let found = value;
    for (let steps = 0; found?.$ref?.startsWith("#/") && steps < DEPTH; steps += 1) {
      found = found.$ref
        .slice(2)
        .split("/")
        .reduce(
          (at, name) => at?.[name.replaceAll("~1", "/").replaceAll("~0", "~")],
          this.document,
        );
    }
    return found ?? {};
  }
}

const alternatives = (schema) => schema.oneOf ?? schema.anyOf;
const typesOf = (schema) => [schema.type ?? []].flat();

/** Return an example of what a schema describes. */
export function exampleOf(description, schema, depth = 0) {
  const { examples, ...found } = description.resolve(schema);
  if (examples?.length > 0) return examples[0];
  for (const name of ["example", "const", "default"])
    if (found[name] !== undefined) return found[name];
  if (found.enum) return found.enum[0];
  if (depth > DEPTH) return null;
  const next = (inner) => exampleOf(description, inner, depth + 1);
  if (found.allOf) return Object.assign({}, ...found.allOf.map(next));
  if (alternatives(found)) return next(alternatives(found)[0]);
  const [type] = typesOf(found);
  if (type === "object" || found.properties) {
    const wanted = Object.entries(found.properties ?? {}).filter(
      ([name, inner]) =>
        (found.required ?? [name]).includes(name) || description.resolve(inner).examples,
    );
    return Object.fromEntries(wanted.map(([name, inner]) => [name, next(inner)]));
  }
  if (type === "array") return [next(found.items ?? {})];
  return { string: "", integer: found.minimum ?? 0, number: 0, boolean: false }[type] ?? null;
}

/** Return what a schema says, as nodes: a line, and a list of members where it has some. */
export function schemaView(description, schema, depth = 0) {
  if (schema.$ref || depth > DEPTH)
    return h("p", { class: "type" }, typeNodes(description, schema));
  const long = schema.pattern?.length > SHORT;
  return [
    h(
      "p",
      { class: "type" },
      typeNodes(description, schema),
      limits(schema).map((text) => [" · ", text]),
    ),
    long &&
      h(
        "details",
        { class: "type" },
        h("summary", {}, "Its pattern"),
        h("code", {}, schema.pattern),
      ),
    depth > 0 || schema.description ? markdown(schema.description ?? "") : null,
    members(description, schema, depth),
  ];
}

/** Return a schema's type as a phrase, with links to the schemas that have a name. */
function typeNodes(description, schema) {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1);
    return h("a", { href: `#schema-${name}` }, name);
  }
  const parts = alternatives(schema) ?? schema.allOf;
  if (parts) {
    const between = schema.allOf ? " and " : " or ";
    return parts.map((part, index) => [index > 0 && between, typeNodes(description, part)]);
  }
  if ("const" in schema) return h("code", {}, JSON.stringify(schema.const));
  if (schema.enum)
    return [
      "one of ",
      schema.enum.map((value, index) => [index > 0 && ", ", h("code", {}, JSON.stringify(value))]),
    ];
  const types = typesOf(schema);
  if (types.length === 0) return schema.properties ? "object" : "anything";
  return types.map((type, index) => [
    index > 0 && " or ",
    type === "array" && schema.items ? ["list of ", typeNodes(description, schema.items)] : type,
  ]);
}

function limits(schema) {
  const { minLength, maxLength, minItems, maxItems, minimum, maximum } = schema;
  return [
    range(minLength, maxLength, " characters"),
    range(minItems, maxItems, " items"),
    range(minimum, maximum, ""),
    schema.format && h("code", {}, schema.format),
    schema.pattern?.length <= SHORT && ["matches ", h("code", {}, schema.pattern)],
    schema.default !== undefined && ["usually ", h("code", {}, JSON.stringify(schema.default))],
    schema.uniqueItems && "each once",
    schema.examples?.length > 0 && ["such as ", h("code", {}, JSON.stringify(schema.examples[0]))],
  ].filter(Boolean);
}

function range(least, most, what) {
  if (most === undefined) return least === undefined ? null : `${least} or more${what}`;
  return `${least === undefined ? "at most " : `${least} to `}${most}${what}`;
}

function members(description, schema, depth) {
  const parts = alternatives(schema) ?? schema.allOf ?? [];
  const inner = typesOf(schema).includes("array") ? [schema.items ?? {}] : parts;
  const nested = inner
    .filter((each) => !each.$ref && (each.properties || each.items?.properties))
    .map((each) => schemaView(description, each, depth + 1));
  if (!schema.properties) return nested;
  const required = new Set(schema.required ?? []);
  return h(
    "dl",
    { class: "members" },
    Object.entries(schema.properties).map(([name, property]) =>
      h(
        "div",
        {},
        h(
          "dt",
          {},
          h("code", {}, name),
          required.has(name) && h("span", { class: "where" }, "always there"),
        ),
        h("dd", {}, schemaView(description, property, depth + 1)),
      ),
    ),
  );
}
