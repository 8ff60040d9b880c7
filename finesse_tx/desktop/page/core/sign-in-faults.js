/**
 * Why a sign-in came to nothing, in words: what is wrong, and what to do next.
 *
 * Touches no DOM; runs under node. Spec: desktop.md §11, §18; rest.md §1.6, §2.2.
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { say } from "../../../browser/core/text.js";
import { ElsewhereError } from "./entrance.js";
import { sayCount, timeOfDay } from "./locale.js";

/**
 * @typedef {object} Fault
 * @property {string} text A sentence or two, with the next step.
 * @property {"" | "username" | "password" | "extension" | "dialNumber"} field Where to mend it.
 * @property {string} details For the help desk: codes; empty where there are none.
 * @property {number} retryS In how many seconds it is tried again by itself; 0: it is not.
 * @property {number} tries How often at most.
 */

/** A phone that comes back does so within minutes. desktop.md §10.4: loginFailureRetryInterval, …Attempts. */
export const DEVICE_RETRY = { retryS: 60, tries: 3 };

/** desktop.md §16: a server that is away is looked at so often. */
export const SERVER_RETRY = { retryS: 20, tries: Infinity };

/** Who is told to come back, and not when, comes back after so long. */
const BUSY_S = 5;

const ONCE = { retryS: 0, tries: 0 };

/** @typedef {Fault["field"]} Place */

/** GED-188's control failure codes, what they say of a sign-in, and where it is mended. @type {Record<string, [key: string, field: Place]>} */
const BY_CODE = {
  33: ["sign.fault.inCall", ""],
  34: ["sign.fault.deviceOff", "extension"],
  256: ["sign.fault.notAgent", "username"],
  257: ["sign.fault.credentials", "password"],
  258: ["sign.fault.credentials", "password"],
  259: ["sign.fault.elsewhere", "extension"],
  260: ["sign.fault.unknownDevice", "extension"],
  283: ["sign.fault.inUse", "extension"],
  287: ["sign.fault.restricted", "extension"],
  288: ["sign.fault.restricted", "extension"],
  289: ["sign.fault.lockedOut", ""],
  293: ["sign.fault.inUse", "extension"],
};

/** The telephone system's own: the phone is known, and away (rest.md §1.6; 88004 is our engine's). */
const DEVICE_OFF = new Set([12004, 12005, 88004]);

/** The server says 503 when it is away, and when it has too much to do. */
const TOO_BUSY = new Set(["AUTHENTICATION_BUSY", "TOO_MANY_REQUESTS"]);

/** How the server says who has an extension; docs/rest.rst. */
const IN_USE_BY = /is in use by (.+)\.$/;

/**
 * @param {unknown} error What the sign-in was refused with.
 * @param {{ extension: string, now: number }} asked The extension that was asked for, and this browser's time.
 * @returns {Fault}
 */
export function faultOf(error, { extension, now }) {
  if (!(error instanceof RefusedError)) {
    return { text: say("sign.fault.other"), field: "", details: String(error), ...ONCE };
  }
  const { status, type, data, message, retryAfterS, code } = error;
  const details = [status, type, data, code || "", message].filter(Boolean).join(" · ");
  /** @type {(key: string, field?: Place, retry?: { retryS: number, tries: number }, values?: Record<string, string>) => Fault} */
  const fault = (key, field = "", retry = ONCE, values = {}) => ({
    text: say(key, { extension, ...values }),
    field,
    details,
    ...retry,
  });
  if (type === "Mode Not Allowed") {
    return fault("sign.fault.mobile");
  }
  switch (status) {
    case 0:
      return fault(type === "No Answer" ? "sign.fault.noAnswer" : "sign.fault.network", "", SERVER_RETRY);
    case 401:
      if (retryAfterS > 0) {
        const wait = sayCount("sign.minutes", Math.ceil(retryAfterS / 60));
        return fault("sign.fault.locked", "", ONCE, { until: timeOfDay(now + retryAfterS * 1000), wait });
      }
      return fault("sign.fault.credentials", "password");
    case 404:
      return fault("sign.fault.notAgent", "username");
    case 429:
    case 503:
      return status === 429 || TOO_BUSY.has(message)
        ? fault("sign.fault.busy", "", { ...SERVER_RETRY, retryS: retryAfterS || BUSY_S })
        : fault("sign.fault.outOfService", "", SERVER_RETRY);
    default:
  }
  const [key, field] = BY_CODE[data] ?? [];
  if (error instanceof ElsewhereError && error.extension) {
    return fault("sign.fault.elsewhereAt", "extension", ONCE, { current: error.extension });
  }
  if (key === "sign.fault.inUse") {
    const who = IN_USE_BY.exec(message)?.[1];
    return who ? fault("sign.fault.inUseBy", field, ONCE, { who }) : fault(key, field);
  }
  if (DEVICE_OFF.has(code) || key === "sign.fault.deviceOff") {
    return fault("sign.fault.deviceOff", "extension", DEVICE_RETRY);
  }
  if (key) {
    return fault(key, field);
  }
  if (data === "extension" || data === "dialNumber") {
    return fault(`sign.fault.${data}`, data);
  }
  return fault("sign.fault.other");
}
