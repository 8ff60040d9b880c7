// XML as text on the way out, and as DOM on the way in.

export const NS = Object.freeze({
  bind: "urn:ietf:params:xml:ns:xmpp-bind",
  bosh: "http://jabber.org/protocol/httpbind",
  client: "jabber:client",
  event: "http://jabber.org/protocol/pubsub#event",
  framing: "urn:ietf:params:xml:ns:xmpp-framing",
  ping: "urn:xmpp:ping",
  pubsub: "http://jabber.org/protocol/pubsub",
  sasl: "urn:ietf:params:xml:ns:xmpp-sasl",
  session: "urn:ietf:params:xml:ns:xmpp-session",
  stream: "http://etherx.jabber.org/streams",
  xbosh: "urn:xmpp:xbosh",
});

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** Text, for an attribute or between tags. */
export const escape = (text) => String(text).replace(/[&<>"']/g, (found) => ENTITIES[found]);

/**
 * Write an element.
 * @param {string} name
 * @param {Object<string, string|number|null|undefined>} attributes those that are null are left out
 * @param {...string} content markup
 */
export function markup(name, attributes = {}, ...content) {
  const said = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ` ${key}="${escape(value)}"`)
    .join("");
  return content.length ? `<${name}${said}>${content.join("")}</${name}>` : `<${name}${said}/>`;
}

/**
 * Read a document.
 * @returns {Element} its root
 * @throws {SyntaxError} it is no XML
 */
export function parse(text) {
  const root = new DOMParser().parseFromString(text, "text/xml").documentElement;
  if (!root || root.getElementsByTagName("parsererror").length || root.localName === "parsererror") {
    throw new SyntaxError("not XML");
  }
  return root;
}

export const serialize = (element) => new XMLSerializer().serializeToString(element);

/** The elements directly in an element. */
export const children = (element) => [...element.childNodes].filter((node) => node.nodeType === 1);

/** The first element of that name anywhere in an element, or undefined. */
export const find = (element, namespace, name) => element.getElementsByTagNameNS(namespace, name)[0];
