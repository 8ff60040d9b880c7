/**
 * What events carry: XML as the hub's object, and as the same shapes that REST's JSON has.
 *
 * Touches no DOM; runs under node. The wire form has neither namespaces nor mixed content, so a tokenizer reads it, several
 * times faster than a document is built.
 *
 * Spec: `notifications.md` §5; `desktop.md` §5.3; `rest.md` §1.3.
 */

/** @typedef {{ name: string, attributes: Record<string, string>, children: XmlElement[], text: string }} XmlElement */

/**
 * @typedef {{ event: string, source: string, requestId: string, kind: string, data: any }} Update
 *   `kind` is the element of the data, such as `user`, `dialogs` or `apiErrors`; empty where there is none. `data` is what is
 *   in it, as REST's JSON has it: a list is an array, also of nothing or of one.
 */

const MAX_DEPTH = 64;

const NAMED = /** @type {Record<string, string>} */ ({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" });

const TOKEN =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([^\s/>!?]+)((?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gy;

const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** @param {string} text */
function unescaped(text) {
  if (!text.includes("&")) {
    return text;
  }
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hexadecimal, name) => {
    if (name) {
      return NAMED[name] ?? whole;
    }
    const code = decimal ? Number(decimal) : parseInt(hexadecimal, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/**
 * Read XML.
 *
 * @param {string} xml
 * @returns {XmlElement} The root.
 * @throws {SyntaxError} It is none.
 */
export function readXml(xml) {
  /** @type {XmlElement} */
  const above = { name: "", attributes: {}, children: [], text: "" };
  const stack = [above];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(xml);
    if (!found) {
      throw new SyntaxError(`This is no XML, from character ${at} on.`);
    }
    const [, data, isEnd, name, attributes = "", isEmpty, text] = found;
    const top = /** @type {XmlElement} */ (stack.at(-1));
    if (data !== undefined || text !== undefined) {
      top.text += data ?? unescaped(text ?? "");
    } else if (isEnd) {
      if (stack.length === 1 || top.name !== name) {
        throw new SyntaxError(`</${name}> ends nothing, at character ${at}.`);
      }
      stack.pop();
    } else if (name) {
      /** @type {XmlElement} */
      const one = { name, attributes: {}, children: [], text: "" };
      for (const [, key = "", double, single] of attributes.matchAll(ATTRIBUTE)) {
        one.attributes[key] = unescaped(double ?? single ?? "");
      }
      top.children.push(one);
      if (!isEmpty && stack.push(one) > MAX_DEPTH) {
        throw new SyntaxError(`More than ${MAX_DEPTH} elements are in each other.`);
      }
    }
  }
  const [root] = above.children;
  if (stack.length > 1 || !root || above.children.length > 1) {
    throw new SyntaxError(root ? `<${stack.at(-1)?.name}> does not end.` : "There is no element.");
  }
  return root;
}

/**
 * @param {Record<string, any>} into
 * @param {string} name
 * @param {any} value
 */
function put(into, name, value) {
  if (!Object.hasOwn(into, name)) {
    Object.defineProperty(into, name, { value, writable: true, enumerable: true, configurable: true });
  } else if (Array.isArray(into[name])) {
    into[name].push(value);
  } else {
    into[name] = [into[name], value];
  }
}

/**
 * An element as gadgets get it: a child is a property, several of one name are an array, text is a string, nothing is null.
 *
 * @param {XmlElement} element
 * @returns {any}
 */
export function hubValue(element) {
  const attributes = Object.entries(element.attributes);
  if (element.children.length === 0 && attributes.length === 0) {
    return element.text === "" ? null : element.text;
  }
  /** @type {Record<string, any>} */
  const value = {};
  for (const [name, text] of attributes) {
    put(value, `@${name}`, text);
  }
  for (const child of element.children) {
    put(value, child.name, hubValue(child));
  }
  if (element.text.trim() !== "") {
    put(value, "#text", element.text.trim());
  }
  return value;
}

// As REST's JSON ------------------------------------------------------------------------------------------------------

/** @typedef {(element: XmlElement) => any} Reader */

/** @type {Reader} */
const number = (element) => Number(element.text);

/** @type {Reader} */
const boolean = (element) => element.text === "true";

/**
 * An object whose fields are read so; what is not named is text, or an object of texts.
 *
 * @param {Record<string, Reader>} fields
 * @returns {Reader}
 */
const object = (fields) => (element) => {
  /** @type {Record<string, any>} */
  const value = {};
  for (const child of element.children) {
    put(value, child.name, (fields[child.name] ?? anything)(child));
  }
  return value;
};

/** @type {Reader} */
const anything = (element) => (element.children.length === 0 ? element.text : object({})(element));

/**
 * An element around entries: an array.
 *
 * @param {string} name
 * @param {Reader} [read]
 * @returns {Reader}
 */
const list = (name, read = anything) => (element) => named(element, name).map(read);

/**
 * An object with nothing but entries in it.
 *
 * @param {string} name
 * @param {Reader} [read]
 * @returns {Reader}
 */
const collection = (name, read = anything) => (element) => ({ [name]: list(name, read)(element) });

/**
 * @param {XmlElement} element
 * @param {string} name
 */
function named(element, name) {
  return element.children.filter((one) => one.name === name);
}

const REASON_CODE = object({ id: number, code: number, forAll: boolean, systemCode: boolean });

const USER = object({
  devices: list("device", object({ deviceType: number })),
  reasonCode: REASON_CODE,
  roles: list("role"),
  settings: object({}),
  teams: list("Team", object({ id: number })),
  wrapUpTimer: number,
});

const DIALOG = object({
  mediaProperties: object({
    callvariables: collection("CallVariable"),
    wrapUpItems: list("wrapUpItem"),
  }),
  participants: list("Participant", object({ actions: list("action") })),
});

const QUEUE = object({
  statistics: object({
    agentsBusyOther: number,
    agentsLoggedOn: number,
    agentsNotReady: number,
    agentsReady: number,
    agentsTalkingInbound: number,
    agentsTalkingInternal: number,
    agentsTalkingOutbound: number,
    agentsWrapUpNotReady: number,
    agentsWrapUpReady: number,
    callsInQueue: number,
  }),
});

const NODE = object({ httpsPort: number, xmppPort: number, xmppSecurePort: number });

/** How what events carry is read, by the element; its first letter is in lower case. */
const READERS = /** @type {Record<string, Reader>} */ ({
  apiErrors: object({ apiError: object({ peripheralErrorCode: number }) }),
  dialog: DIALOG,
  dialogs: collection("Dialog", DIALOG),
  media: object({
    id: number,
    interruptible: boolean,
    maxDialogLimit: number,
    mediaConnected: boolean,
    reasonCode: REASON_CODE,
    routable: boolean,
  }),
  queue: QUEUE,
  queues: collection("Queue", QUEUE),
  systemInfo: object({
    ctiHeartbeatInterval: number,
    ctiServers: list("ctiServer", object({ connectedDuration: number, active: boolean })),
    ctiTimeInMMode: number,
    ctiVersion: number,
    finesseTimeInMMode: number,
    primaryNode: NODE,
    secondaryNode: NODE,
    timezoneOffset: number,
  }),
  teamMessage: object({ duration: number, id: number, teams: list("team", number) }),
  user: USER,
});

/**
 * An object of the API, as REST's JSON has it.
 *
 * @param {XmlElement} element Such as `<Dialog>` or `<dialog>`.
 * @returns {any}
 */
export function restObject(element) {
  const { name } = element;
  return (READERS[name.charAt(0).toLowerCase() + name.slice(1)] ?? object({}))(element);
}

/**
 * Read a notification.
 *
 * @param {string} xml
 * @returns {Update}
 * @throws {SyntaxError} It is none.
 */
export function readUpdate(xml) {
  const root = readXml(xml);
  if (root.name !== "Update") {
    throw new SyntaxError(`This is <${root.name}>, and no <Update>.`);
  }
  const text = (/** @type {string} */ name) => named(root, name)[0]?.text ?? "";
  const [about] = named(root, "data")[0]?.children ?? [];
  return {
    event: text("event"),
    source: text("source"),
    requestId: text("requestId"),
    kind: about?.name ?? "",
    data: about ? restObject(about) : null,
  };
}

/**
 * What the hub gives gadgets of a notification.
 *
 * @param {string} text XML, or JSON.
 * @returns {any} `{ Update: … }`; null for what is neither.
 */
export function hubObject(text) {
  try {
    if (text.trimStart().startsWith("{")) {
      return JSON.parse(text);
    }
    const root = readXml(text);
    return { [root.name]: hubValue(root) };
  } catch {
    return null;
  }
}
