// The little Markdown that an API's description is written in: paragraphs, lists, code.

import { h } from "../browse/dom.js";

/** Return a text as elements. What it does not know stays text. */
export function markdown(text) {
  return text
    .trim()
    .split(/\n\s*\n/)
    .filter((block) => block !== "")
    .map((block) => {
      const fence = /^```\w*\n([^]*?)\n?```$/.exec(block);
      if (fence) return h("pre", { tabindex: 0 }, fence[1]);
      if (/^[-*] /.test(block)) {
        const items = block.split(/\n[-*] /).map((item) => item.replace(/^[-*] /, ""));
        return h(
          "ul",
          {},
          items.map((item) => h("li", {}, inline(item))),
        );
      }
      return h("p", {}, inline(block));
    });
}

/** Return a line of it as nodes. */
export function inline(text) {
  return text
    .split(/(``[^]+?``|`[^`]+`)/)
    .map((part, index) => (index % 2 ? h("code", {}, part.replace(/^`+ ?| ?`+$/g, "")) : part));
}
