/**
 * Elements out of values: what is data becomes text or an attribute, never markup.
 */

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

/**
 * Make an element.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties] `onclick` and the like are listeners; `class` and names with a dash are
 *   attributes; true stands for an empty attribute, false, null and undefined for none; the rest are properties where the
 *   element has such, and attributes where not.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) {
      continue;
    }
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (name in element && !name.includes("-") && name !== "list" && name !== "form") {
      Reflect.set(element, name, value);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

/**
 * Put children at the end of an element.
 *
 * @param {Element | DocumentFragment} parent
 * @param {Child[]} children What is null, undefined or false is left out.
 */
export function append(parent, children) {
  for (const child of children) {
    if (Array.isArray(child)) {
      append(parent, child);
    } else if (child !== null && child !== undefined && child !== false) {
      parent.append(child instanceof Node ? child : String(child));
    }
  }
}

/**
 * Put other children in place of those that an element has.
 *
 * @param {Element} parent
 * @param {...Child} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren();
  append(parent, children);
}

let made = 0;

/**
 * An id that nothing else on the page has, for a label or a description to name.
 *
 * @param {string} [what]
 */
export function freshId(what = "x") {
  made += 1;
  return `${what}-${made}`;
}
