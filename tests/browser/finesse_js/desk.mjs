/* A gadget's window as far as finesse.js looks at it: a hub, a server that answers by golden documents, preferences. */
import { readFileSync } from "node:fs";
import vm from "node:vm";

const ROOT = new URL("../../../", import.meta.url);

/** The whole library, in the order that the server puts it together. */
function library() {
  const python = readFileSync(new URL("finesse_tx/desktop/libraries.py", ROOT), "utf8");
  const names = [...python.match(/PARTS: Final = \(([^)]*)\)/)[1].matchAll(/"(\w+)"/g)].map((found) => found[1]);
  return names.map((name) => readFileSync(new URL(`finesse_tx/desktop/finesse_js/${name}.js`, ROOT), "utf8")).join("\n");
}

const SOURCE = library();

/** What the golden document says of a GET of that path. */
export function golden(file, path) {
  const text = readFileSync(new URL(`tests/vectors/rest/${file}.txt`, ROOT), "utf8");
  for (const block of text.split(/\n(?=[^<>])|\n\n/)) {
    const lines = block.split("\n").filter((line) => /^[<>]/.test(line));
    const isXml = lines.some((line) => line.includes("application/xml")) && lines.includes("< 200");
    if (isXml && lines[0].endsWith(` GET ${path}`)) {
      return lines.filter((line) => line.startsWith("< ") && /^\s*</.test(line.slice(2))).map((line) => line.slice(2)).join("\n");
    }
  }
  throw new Error(`There is no golden GET ${path} in ${file}.txt.`);
}

/** A window with the library in it; `answers` are by path. */
export function desk({ answers = {}, prefs = {}, parent, storage = {} } = {}) {
  const values = {
    id: "ann", host: "fin.example", restHost: "localhost", locale: "en_US", systemAuthMode: "NON_SSO",
    authorization: Buffer.from("ann:pa:ß").toString("base64"), ...prefs,
  };
  const subscribers = new Map();
  let last = 0;
  const asked = [];
  const published = [];
  const hub = {
    subscribe(topic, callback) {
      last += 1;
      subscribers.set(String(last), [topic, callback]);
      return String(last);
    },
    unsubscribe: (id) => subscribers.delete(id),
    publish(topic, data) {
      published.push([topic, data]);
      for (const [wanted, callback] of [...subscribers.values()]) {
        if (wanted === topic) {
          callback(topic, data);
        }
      }
    },
  };
  const window = {
    console, URL, URLSearchParams, TextEncoder, TextDecoder, structuredClone, AbortSignal, crypto, btoa, atob, queueMicrotask, setTimeout, clearTimeout,
    location: { hostname: "fin.example", search: "?mid=3&up_x=y", href: "https://fin.example/gadgets/ifr", origin: "https://fin.example" },
    sessionStorage: { getItem: (key) => storage[key] ?? null },
    document: { hasFocus: () => true },
    gadgets: {
      Hub: hub,
      Prefs: () => ({
        getString: (name) => (values[name] ?? "").replaceAll("&", "&amp;").replaceAll('"', "&#34;"),
        getInt: (name) => parseInt(values[name], 10) || 0,
        getMsg: (key) => ({ hello: "Hello {0}" })[key] ?? "",
      }),
      util: { getUrlParameters: () => ({ mid: "3" }) },
    },
    async fetch(address, { method, headers, body }) {
      const url = address.replace(/^https:\/\/fin\.example(?=\/)/, "");
      const path = url.replace(/[?&]nocache=\d+$/, "");
      asked.push({ url, path, method, headers, body });
      const answer = method === "GET" ? answers[path] : (answers[`${method} ${path}`] ?? { status: 202, body: "" });
      if (answer === undefined) {
        return { status: 404, text: async () => "<ApiErrors><ApiError><ErrorType>Not Found</ErrorType><ErrorMessage>No</ErrorMessage></ApiError></ApiErrors>" };
      }
      const { status = 200, body: text = answer } = typeof answer === "object" ? answer : {};
      return { status, text: async () => text };
    },
  };
  window.window = window;
  window.parent = parent ?? window;
  vm.createContext(window);
  vm.runInContext(SOURCE, window);
  const { finesse } = window;

  /** An event, as the page publishes it. */
  const tell = (node, event, source, xml, requestId = "") => {
    const content = `<Update><data>${xml}</data><event>${event}</event><requestId>${requestId}</requestId><source>${source}</source></Update>`;
    const topic = finesse.clientservices.ClientServices.Topics.getTopic(node);
    hub.publish(topic, { content: node + content, object: finesse.utilities.Utilities.xml2js(content) });
  };
  return { window, finesse, hub, asked, published, subscribers, tell, answers };
}

/** The same, connected to its page. */
export function connected(options) {
  const made = desk(options);
  made.finesse.clientservices.ClientServices.init(made.finesse.gadget.Config);
  return made;
}

/** Let what has been asked be answered. */
export const settled = () => new Promise((done) => setTimeout(done, 0));

/** Objects of the window's as ours, to be compared. */
export const plain = (value) => JSON.parse(JSON.stringify(value));
