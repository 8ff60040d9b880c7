/** What stands in for the platform, the server and the stream, in tests of the desktop's modules. */
import { Rest } from "../../../finesse_tx/browser/core/rest.js";
import { Connection } from "../../../finesse_tx/desktop/page/core/connection.js";

/** Let promises settle that wait for nothing else. */
export const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) {
    await Promise.resolve();
  }
};

/** A clock that is turned by hand. */
export class Time {
  #now;
  #timers = [];
  #made = 0;

  constructor(now = 1_000_000) {
    this.#now = now;
    this.chance = 1;
    this.platform = {
      now: () => this.#now,
      later: (run, ms) => {
        const timer = { due: this.#now + ms, run, number: (this.#made += 1) };
        this.#timers.push(timer);
        return timer;
      },
      cancel: (timer) => {
        this.#timers = this.#timers.filter((one) => one !== timer);
      },
      random: () => this.chance,
    };
  }

  /** How many timers there are. */
  get waiting() {
    return this.#timers.length;
  }

  /** When the next is due, from now. */
  get next() {
    return Math.min(...this.#timers.map(({ due }) => due)) - this.#now;
  }

  /** Let time pass, and all that comes of it. */
  async pass(ms) {
    const until = this.#now + ms;
    for (;;) {
      await settled();
      const [timer] = this.#timers.filter(({ due }) => due <= until).sort((a, b) => a.due - b.due || a.number - b.number);
      if (!timer) {
        break;
      }
      this.platform.cancel(timer);
      this.#now = Math.max(this.#now, timer.due);
      timer.run();
    }
    this.#now = until;
    await settled();
  }

  /** The machine sleeps: time goes by, and no timer runs until it wakes up. */
  async sleep(ms) {
    this.#now += ms;
    await this.pass(0);
  }
}

/** Streams that do what a test says. */
export class Streams {
  made = [];

  open = (transport, identity, told) => {
    const stream = {
      transport,
      identity,
      told,
      isClosed: false,
      asked: [],
      /** What `ping` does: a promise, or nothing for one that is never answered. */
      pong: () => Promise.resolve(),
      refusal: null,
      subscribe: async (node) => {
        stream.asked.push(["subscribe", node]);
        if (stream.refusal) {
          throw stream.refusal;
        }
      },
      unsubscribe: async (node) => void stream.asked.push(["unsubscribe", node]),
      ping: (withinMs) => {
        stream.asked.push(["ping", withinMs]);
        return stream.pong();
      },
      close: () => {
        stream.isClosed = true;
      },
    };
    this.made.push(stream);
    return stream;
  };

  get last() {
    return this.made.at(-1);
  }
}

export const IDENTITY = { loginId: "1001", password: "p", domain: "d", pubsub: "pubsub.d", resource: "desktop" };

/** What a tab keeps. */
export class Store {
  #kept = new Map();

  getItem(key) {
    return this.#kept.get(key) ?? null;
  }

  setItem(key, value) {
    this.#kept.set(key, value);
  }

  removeItem(key) {
    this.#kept.delete(key);
  }

  get content() {
    return Object.fromEntries(this.#kept);
  }
}

/** A connection whose stream is there. */
export function connected(time, streams) {
  const connection = new Connection(streams.open, time.platform);
  connection.connect(IDENTITY);
  streams.last.told.connected();
  return connection;
}

/** A server that answers what a test says, by method and path; anything else with 404. */
export class Server {
  asked = [];
  /** Bodies that are no JSON. */
  sent = [];
  answers = {};

  fetch = async (path, { method = "GET", headers, body }) => {
    const isJson = headers?.["Content-Type"] === "application/json";
    if (body !== undefined && !isJson) {
      this.sent.push(body);
    }
    this.asked.push([method, path, isJson ? JSON.parse(body) : undefined, headers]);
    let found = this.answers[`${method} ${path}`] ?? [404, { ApiErrors: { ApiError: { ErrorType: "Not Found" } } }];
    if (typeof found === "function") {
      found = await found({ headers });
    }
    if (found instanceof Error) {
      throw found;
    }
    const [status, answer] = found;
    const text = answer === undefined ? "" : JSON.stringify(answer);
    return new Response(text || null, { status, headers: { "content-type": "application/json" } });
  };

  /** How often something was asked. */
  count(method, path) {
    return this.asked.filter(([one, other]) => one === method && other === path).length;
  }

  get rest() {
    return new Rest(this.fetch);
  }
}

export const USER = {
  dialogs: "/finesse/api/User/1001/Dialogs",
  extension: "2001",
  loginId: "1001",
  roles: ["Agent"],
  state: "NOT_READY",
  stateChangeTime: "2026-11-22T20:00:00.000Z",
  uri: "/finesse/api/User/1001",
};

/** A dialog, as REST has it. */
export function dialog(id, more = {}) {
  return {
    id,
    state: "ACTIVE",
    participants: [{ actions: [], mediaAddress: "2001", startTime: `2026-11-22T20:00:0${id}.000Z`, state: "ACTIVE" }],
    uri: `/finesse/api/Dialog/${id}`,
    ...more,
  };
}

const written = (value) =>
  Array.isArray(value)
    ? value.map(written).join("")
    : Object.entries(value)
        .map(([name, one]) => {
          if (name === "participants") {
            return `<participants>${one.map((each) => `<Participant>${written(each)}</Participant>`).join("")}</participants>`;
          }
          if (name === "actions" || name === "roles") {
            const entry = name.slice(0, -1);
            return `<${name}>${one.map((each) => `<${entry}>${each}</${entry}>`).join("")}</${name}>`;
          }
          return `<${name}>${one !== null && typeof one === "object" ? written(one) : one}</${name}>`;
        })
        .join("");

/** The XML of an event. */
export function update(event, source, data = {}, requestId = "") {
  return `<Update>\n  <data>${written(data)}</data>\n  <event>${event}</event>\n  <requestId>${requestId}</requestId>\n  <source>${source}</source>\n</Update>`;
}
