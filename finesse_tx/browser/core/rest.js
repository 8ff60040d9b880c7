/**
 * The REST API as pages of ours use it: JSON both ways, and a refusal is an error that says what people may read.
 *
 * Touches no DOM; runs under node.
 */

/** @typedef {{ index: number, what: string, field: string, reason: string, allowed: string }} Fault */

/** Why the server did not do it. */
export class RefusedError extends Error {
  /** @type {Fault[]} Where a list was refused: all that is wrong with it. */
  faults = [];

  /** In how many seconds it is worth asking again; 0 where the server has not said. */
  retryAfterS = 0;

  /** The telephone system's own number for it (`peripheralErrorCode`); 0 where it has none. */
  code = 0;

  /**
   * @param {number} status HTTP's; 0 when there was no answer.
   * @param {string} type Of the API's vocabulary, such as `Invalid Input`.
   * @param {string} data What of the request it is about, often the name of a field.
   * @param {string} message A sentence.
   */
  constructor(status, type, data, message) {
    super(message);
    this.name = "RefusedError";
    this.status = status;
    this.type = type;
    this.data = data;
  }
}

/**
 * Read a refusal, whatever form it has.
 *
 * @param {number} status
 * @param {string} text The body.
 * @returns {RefusedError}
 */
export function refusal(status, text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return new RefusedError(status, "", "", `The server answered ${status}.`);
  }
  const listed = found?.ApiErrors?.ApiError ?? found?.ApiError ?? {};
  const { ErrorType = "", ErrorData = "", ErrorMessage = "" } = Array.isArray(listed)
    ? (listed[0] ?? {})
    : listed;
  const message = ErrorMessage || found?.error || `The server answered ${status}.`;
  const refused = new RefusedError(status, String(ErrorType), String(ErrorData), String(message));
  refused.faults = found?.faults ?? [];
  return refused;
}

/**
 * What to make of a request without an answer.
 *
 * @param {unknown} error
 * @param {AbortSignal} [signal]
 */
function lost(error, signal) {
  return signal?.aborted
    ? error
    : new RefusedError(0, "", "", "The server cannot be reached. Is the network there?");
}

/**
 * @typedef {{ body?: unknown, data?: string | Blob, type?: string, headers?: Record<string, string>, signal?: AbortSignal }} More
 *   What goes with a request: `body` is sent as JSON, `data` as it is, with that media type.
 */

/** Asks a server. */
export class Rest extends EventTarget {
  #fetch;

  /** Shown with each request, once somebody has signed in. */
  token = "";

  /** The `Authorization` of each request, for pages that have no session of their own; empty for none. */
  authorization = "";

  /** @param {typeof fetch} [fetcher] */
  constructor(fetcher = (...asked) => fetch(...asked)) {
    super();
    this.#fetch = fetcher;
  }

  /**
   * Ask, and read what comes.
   *
   * Fires `signedout` when the server does not know any more who asks.
   *
   * @param {string} method
   * @param {string} path From the root of the server, such as `/finesse/api/Teams`.
   * @param {More} [more]
   * @returns {Promise<any>} What came: parsed where it is JSON, text where it is something else, null where it is nothing.
   * @throws {RefusedError}
   */
  async ask(method, path, more = {}) {
    const answer = await this.#asked(method, path, more);
    const received = await this.#received(answer, more.signal);
    if (!received) {
      return null;
    }
    return answer.headers.get("content-type")?.includes("json") ? JSON.parse(received) : received;
  }

  /**
   * Read a file, whatever its text is written in.
   *
   * @param {string} path
   * @returns {Promise<Blob>}
   * @throws {RefusedError}
   */
  async download(path) {
    return (await this.#asked("GET", path, {})).blob();
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {More} more
   * @returns {Promise<Response>} It went well.
   */
  async #asked(method, path, { body, data, type = "text/plain", headers: others, signal }) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", "X-CSRF-Token": this.token || "none" };
    if (this.authorization) {
      headers["Authorization"] = this.authorization;
    }
    Object.assign(headers, others);
    /** @type {RequestInit} */
    const request = { method, headers, credentials: "same-origin", cache: "no-store" };
    if (signal) {
      request.signal = signal;
    }
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      request.body = JSON.stringify(body);
    } else if (data !== undefined) {
      headers["Content-Type"] = type;
      request.body = data;
    }
    let answer;
    try {
      answer = await this.#fetch(path, request);
    } catch (error) {
      throw lost(error, signal);
    }
    if (!answer.ok) {
      if (answer.status === 401 && (this.token || this.authorization)) {
        this.dispatchEvent(new Event("signedout"));
      }
      const refused = refusal(answer.status, await this.#received(answer, signal));
      refused.retryAfterS = Number(answer.headers.get("retry-after")) || 0;
      throw refused;
    }
    return answer;
  }

  /**
   * @param {Response} answer
   * @param {AbortSignal} [signal]
   */
  async #received(answer, signal) {
    try {
      return await answer.text();
    } catch (error) {
      throw lost(error, signal);
    }
  }

  /**
   * @param {string} path
   * @param {AbortSignal} [signal]
   */
  get(path, signal) {
    return this.ask("GET", path, signal ? { signal } : {});
  }

  /**
   * @param {string} path
   * @param {unknown} body
   */
  put(path, body) {
    return this.ask("PUT", path, { body });
  }

  /**
   * @param {string} path
   * @param {unknown} body
   */
  post(path, body) {
    return this.ask("POST", path, { body });
  }

  /** @param {string} path */
  remove(path) {
    return this.ask("DELETE", path);
  }
}
