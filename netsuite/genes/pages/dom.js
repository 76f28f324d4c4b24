// Building elements. Data becomes text or an attribute's value, never markup.

/**
 * Make an element.
 * @param {string} tag its name
 * @param {Object} attributes by name; `true` is an attribute without a value, `false`, `null` and
 *   `undefined` leave it out, and functions under `onclick` and the like listen to that event
 * @param {...(Node|string|Array|null|false)} children what stands in it; nothing is made of null
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...present(children));
  return element;
}

/** Put other children into an element. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

function present(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== false && child !== undefined);
}

/** Move the focus to something that only a script may focus, such as a heading. */
export function focusOn(element) {
  if (!element.matches("a[href], button, input, select, textarea")) {
    element.tabIndex = -1;
  }
  element.focus();
}

/** Show a number as the reader writes numbers. */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}
