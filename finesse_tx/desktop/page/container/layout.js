/**
 * The desktop's layout: the `finesseLayout` XML as a plain tree of one role's header, page and tabs.
 *
 * Takes a parsed document, whoever has parsed it; touches no page. The server has checked the grammar when the layout was
 * saved (docs/desktop.rst); here, what is wrong is left out, told as a fault with its place, and hurts nothing else.
 *
 * Spec: `desktop.md` §10.
 */
import { builtinGadget, component, MULTI_TAB, STOCK_HEADER } from "./builtins.js";
import { alternates, gadgetUrl } from "./gadget-url.js";

/** @typedef {import("./gadget-url.js").Person} Person */

/**
 * @typedef {object} Fault
 * @property {string} where A path of elements: `layout Agent / tab "home" / gadget 2`.
 * @property {string} key What is wrong, for `say`: `gadgets.layout.…`.
 * @property {string} what What it is about.
 */

/**
 * @typedef {object} Gadget
 * @property {number} mid Its number in the page, from 1; the same at each reload.
 * @property {string} id As the layout has it; may be empty.
 * @property {string} url Where its specification is; for a built-in one, what the layout says.
 * @property {string[]} alternates Where else it is.
 * @property {string | null} builtin The element, if it is one of ours.
 * @property {Record<string, string>} attributes All that the layout gives.
 * @property {string} tab The tab that it is in; empty for a gadget of the page.
 * @property {boolean} isHidden Loaded, and never shown.
 * @property {boolean} isDefault The first tab of its manager.
 * @property {Gadget[]} managed What it has as its tabs, or shows on request.
 */

/** @typedef {{ id: string, icon: string, label: string, columns: Gadget[][] }} Tab The icon is an address; empty for none. */
/** @typedef {{ width: string, id: string, element: string | null, gadget: Gadget | null }} HeaderColumn */

/**
 * @typedef {object} Plan
 * @property {string} version
 * @property {Record<string, string>} configs By key; unknown ones too.
 * @property {HeaderColumn[]} left
 * @property {HeaderColumn[]} right
 * @property {Gadget[]} page
 * @property {Tab[]} tabs
 * @property {Gadget[]} gadgets All of them, by `mid`.
 * @property {Fault[]} faults
 */

export const NAMESPACE = "http://www.cisco.com/vtg/finesse";

/** So many columns has a tab; what is in others comes into the last. */
export const MAX_COLUMNS = 4;

/** So many gadgets are loaded; what comes after them is left out. */
export const MAX_GADGETS = 100;

const TAB_ID = /^[a-zA-Z][-_:.a-zA-Z0-9]*$/;
const GADGET_ID = /^[a-zA-Z][-_a-zA-Z0-9]*$/;
const WIDTH = /^\d+(\.\d+)?(px|%)$/;

/**
 * @param {Element} parent
 * @param {string} [name]
 * @returns {Element[]}
 */
function children(parent, name) {
  const found = [];
  for (let node = parent.firstChild; node; node = node.nextSibling) {
    const element = /** @type {Element} */ (node);
    if (node.nodeType === 1 && (!name || element.localName === name)) {
      found.push(element);
    }
  }
  return found;
}

/**
 * @param {Element | undefined} parent
 * @param {string} name
 * @returns {Element | undefined}
 */
function child(parent, name) {
  return parent && children(parent, name)[0];
}

/** @param {Element | undefined} element */
function text(element) {
  return (element?.textContent ?? "").trim();
}

/** Reads one role's part of a layout, once. */
class Reading {
  /** @type {Fault[]} */
  faults = [];
  /** @type {Gadget[]} */
  gadgets = [];
  #ids = new Set();
  #person;

  /** @param {Person} person */
  constructor(person) {
    this.#person = person;
  }

  /**
   * @param {string} where
   * @param {string} key
   * @param {string} [what]
   */
  fault(where, key, what = "") {
    this.faults.push({ where, key: `gadgets.layout.${key}`, what });
  }

  /**
   * @param {Element} element
   * @param {string} where
   * @param {string} tab
   * @returns {Gadget | null}
   */
  gadget(element, where, tab) {
    const written = text(element);
    const url = gadgetUrl(written, this.#person);
    if (!written || !url) {
      this.fault(where, written ? "noAddress" : "noText", written);
      return null;
    }
    if (this.gadgets.length >= MAX_GADGETS) {
      this.fault(where, "tooMany", String(MAX_GADGETS));
      return null;
    }
    /** @type {Record<string, string>} */
    const attributes = {};
    for (const { name, value } of Array.from(element.attributes)) {
      if (!name.includes(":") && name !== "xmlns") {
        attributes[name] = value;
      }
    }
    const isOwn = url.origin === this.#person.origin;
    const builtin = isOwn ? builtinGadget(url.pathname) : null;
    const isAbsolute = /^https?:/i.test(written);
    /** @type {Gadget} */
    const gadget = {
      mid: this.gadgets.length + 1,
      id: this.#id(attributes["id"] ?? "", where),
      url: url.href,
      alternates: isAbsolute && !builtin ? alternates(url, attributes["alternateHosts"] ?? "") : [],
      builtin,
      attributes,
      tab,
      isHidden: attributes["hidden"]?.trim() === "true",
      isDefault: attributes["default"]?.trim() === "true",
      managed: [],
    };
    this.gadgets.push(gadget);
    return gadget;
  }

  /**
   * @param {string} id
   * @param {string} where
   */
  #id(id, where) {
    if (id && !GADGET_ID.test(id)) {
      this.fault(where, "badId", id);
    } else if (this.#ids.has(id)) {
      this.fault(where, "sameId", id);
    } else {
      if (id) {
        this.#ids.add(id);
      }
      return id;
    }
    return "";
  }

  /**
   * @param {Element | undefined} parent
   * @param {string} where
   * @param {string} tab
   */
  gadgetsOf(parent, where, tab) {
    return (parent ? children(parent, "gadget") : [])
      .map((element, index) => this.gadget(element, `${where} / gadget ${index + 1}`, tab))
      .filter((found) => found !== null);
  }

  /**
   * @param {Element} element
   * @param {string} where
   * @returns {Tab | null}
   */
  tab(element, where) {
    const id = text(child(element, "id"));
    if (!TAB_ID.test(id)) {
      this.fault(where, "badTabId", id);
      return null;
    }
    const several = child(element, "columns");
    const places = several ? children(several, "column") : [element];
    if (places.length > MAX_COLUMNS) {
      this.fault(where, "manyColumns", String(MAX_COLUMNS));
    }
    /** @type {Gadget[][]} */
    const columns = [];
    for (const [index, place] of places.entries()) {
      const gadgets = this.gadgetsOf(child(place, "gadgets"), several ? `${where} / column ${index + 1}` : where, id);
      if (index < MAX_COLUMNS) {
        columns.push(gadgets);
      } else {
        columns.at(-1)?.push(...gadgets);
      }
    }
    return { id, icon: this.#picture(text(child(element, "icon"))), label: text(child(element, "label")) || id, columns };
  }

  /**
   * The address of a tab's picture; empty for the names of Cisco's own, which nobody else has.
   *
   * @param {string} written
   */
  #picture(written) {
    return /^(https?:\/)?\//i.test(written) ? (gadgetUrl(written, this.#person)?.href ?? "") : "";
  }

  /**
   * @param {Element | undefined} element
   * @returns {Tab[]}
   */
  tabs(element, where = "") {
    const found = [];
    const ids = new Set();
    for (const [index, one] of (element ? children(element, "tab") : []).entries()) {
      const place = `${where} / tab ${text(child(one, "id")) || index + 1}`;
      if (ids.has(text(child(one, "id")))) {
        this.fault(place, "sameTabId", text(child(one, "id")));
        continue;
      }
      const tab = this.tab(one, place);
      if (tab) {
        ids.add(tab.id);
        found.push(tab);
      }
    }
    return found;
  }

  /**
   * @param {Element | undefined} side
   * @param {string} where
   * @returns {HeaderColumn[]}
   */
  columns(side, where) {
    const found = [];
    for (const [index, column] of (side ? children(side, "headercolumn") : []).entries()) {
      const place = `${where} / headercolumn ${index + 1}`;
      const given = column.getAttribute("width") ?? "";
      const width = WIDTH.test(given) ? given : "";
      if (given && !width) {
        this.fault(place, "badWidth", given);
      }
      const ours = child(column, "component");
      const shown = child(column, "gadget");
      if (ours) {
        const one = this.component(ours.getAttribute("id") ?? "", text(child(ours, "url")), place);
        if (one) {
          found.push({ ...one, width });
        }
      } else if (shown) {
        const gadget = this.gadget(shown, place, "");
        if (gadget) {
          found.push({ width, id: gadget.id, element: null, gadget });
        }
      }
    }
    return found;
  }

  /**
   * @param {string} id
   * @param {string} written
   * @param {string} where
   */
  component(id, written, where) {
    const url = gadgetUrl(written, this.#person);
    const element = url?.origin === this.#person.origin ? component(url.pathname) : null;
    if (element === null) {
      this.fault(where, "noComponent", written || id);
    }
    return element ? { id, element, gadget: null } : null;
  }
}

/**
 * Bring gadgets to those that manage them. One whose manager is not there is shown where it stands.
 *
 * @param {Gadget[][]} places Lists of gadgets, which lose those that are managed.
 * @param {Reading} reading
 */
function manage(places, reading) {
  const managers = new Map(reading.gadgets.filter(({ id }) => id).map((gadget) => [gadget.id, gadget]));
  for (const place of places) {
    for (const gadget of [...place]) {
      const name = gadget.attributes["managedBy"]?.trim();
      if (!name) {
        continue;
      }
      const manager = managers.get(name);
      const canManage = manager?.builtin === MULTI_TAB || manager?.builtin === "team-performance";
      const isNear = manager && (manager.tab === "" || manager.tab === gadget.tab);
      if (!manager || !canManage || !isNear || manager === gadget || gadget.builtin === MULTI_TAB) {
        reading.fault(`gadget ${gadget.mid}`, "noManager", name);
        continue;
      }
      place.splice(place.indexOf(gadget), 1);
      manager.managed[gadget.isDefault ? "unshift" : "push"](gadget);
    }
  }
}

/**
 * @param {Element | undefined} header
 * @param {Reading} reading
 */
function headerOf(header, reading) {
  if (!header) {
    /** @param {string[][]} stock */
    const made = (stock) =>
      stock.flatMap(([width = "", id = "", url = ""]) => {
        const one = reading.component(id, url, "header");
        return one ? [{ ...one, width }] : [];
      });
    return { left: made(STOCK_HEADER.left), right: made(STOCK_HEADER.right) };
  }
  return {
    left: reading.columns(child(header, "leftAlignedColumns"), "header / leftAlignedColumns"),
    right: reading.columns(child(header, "rightAlignedColumns"), "header / rightAlignedColumns"),
  };
}

/**
 * What somebody sees.
 *
 * @param {Element | null} root The `finesseLayout`; whatever else it is becomes an empty desktop and a fault.
 * @param {string} role `Agent`, `Supervisor` or `Admin`; without a layout of its own the Agent's is taken.
 * @param {Person} person
 * @returns {Plan}
 */
export function readLayout(root, role, person) {
  const reading = new Reading(person);
  const isLayout = root?.localName === "finesseLayout" && (!root.namespaceURI || root.namespaceURI === NAMESPACE);
  const whole = isLayout && root ? root : undefined;
  if (!whole) {
    reading.fault("/", "noLayout", root?.localName ?? "");
  }
  const layouts = whole ? children(whole, "layout") : [];
  const of = (/** @type {string} */ wanted) => layouts.find((one) => text(child(one, "role")) === wanted);
  const own = of(role);
  const layout = own ?? of("Agent");
  if (whole && !own) {
    reading.fault("/", "noRole", role);
  }
  const header = headerOf(child(whole, "header"), reading);
  const where = `layout ${text(child(layout, "role"))}`;
  const page = reading.gadgetsOf(child(layout, "page"), `${where} / page`, "");
  const tabs = reading.tabs(child(layout, "tabs"), where);
  manage([page, ...tabs.flatMap((tab) => tab.columns)], reading);
  const settings = child(whole, "configs");
  return {
    version: text(child(whole, "version")),
    configs: Object.fromEntries(
      (settings ? children(settings, "config") : []).map((one) => [one.getAttribute("key") ?? "", one.getAttribute("value") ?? ""]),
    ),
    ...header,
    page: page.filter((gadget) => gadget.builtin !== MULTI_TAB || gadget.managed.length > 0),
    tabs,
    gadgets: reading.gadgets,
    faults: reading.faults,
  };
}
