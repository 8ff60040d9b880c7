/**
 * A desktop layout as a picture of it needs it: roles, their header, pages and tabs, and what is in each.
 *
 * Takes a parsed document; touches no page.
 */

/** @typedef {{ url: string, hidden: boolean, height: string }} Gadget */
/** @typedef {{ label: string, columns: Gadget[][] }} Tab */
/** @typedef {{ role: string, above: Gadget[], tabs: Tab[] }} RoleLayout */
/** @typedef {{ title: string, left: string[], right: string[], roles: RoleLayout[] }} Layout */

/**
 * @param {Element} parent
 * @param {string} name
 * @returns {Element[]}
 */
function children(parent, name) {
  return [...parent.children].filter((child) => child.localName === name);
}

/**
 * @param {Element | undefined} element
 * @returns {string}
 */
function text(element) {
  return element?.textContent?.trim() ?? "";
}

/**
 * @param {Element} element
 * @returns {Gadget}
 */
function gadget(element) {
  const url = text(element);
  const query = new URLSearchParams(url.split("?")[1] ?? "");
  return {
    url,
    hidden: element.getAttribute("hidden") === "true",
    height: query.get("gadgetHeight") ?? "",
  };
}

/**
 * @param {Element} tab
 * @returns {Gadget[][]}
 */
function columns(tab) {
  const [several] = children(tab, "columns");
  const places = several ? children(several, "column") : [tab];
  return places.map((place) => {
    const [gadgets] = children(place, "gadgets");
    return gadgets ? children(gadgets, "gadget").map(gadget) : [];
  });
}

/**
 * @param {Element} root The `finesseLayout`.
 * @returns {Layout}
 */
export function layoutOf(root) {
  const config = [...root.getElementsByTagName("config")].find((one) => one.getAttribute("key") === "title");
  const [header] = children(root, "header");
  /** @param {string} side */
  const aligned = (side) => {
    const [found] = header ? children(header, side) : [];
    return found
      ? children(found, "headercolumn").map((column) => {
          const [component] = children(column, "component");
          const [shown] = children(column, "gadget");
          return component?.getAttribute("id") ?? text(shown);
        })
      : [];
  };
  return {
    title: config?.getAttribute("value") ?? "",
    left: aligned("leftAlignedColumns"),
    right: aligned("rightAlignedColumns"),
    roles: children(root, "layout").map((layout) => {
      const [page] = children(layout, "page");
      const [tabs] = children(layout, "tabs");
      return {
        role: text(children(layout, "role")[0]),
        above: page ? children(page, "gadget").map(gadget) : [],
        tabs: tabs
          ? children(tabs, "tab").map((tab) => ({ label: text(children(tab, "label")[0]), columns: columns(tab) }))
          : [],
      };
    }),
  };
}

/**
 * The last part of an address: what people call a gadget.
 *
 * @param {string} url
 */
export function shortName(url) {
  return (url.split("?")[0] ?? "").split("/").at(-1)?.replace(/\.(xml|js)$/, "") || url;
}
