/**
 * What is wrong when something could not be asked or done, as a sentence in the language that is spoken.
 *
 * Touches no DOM; runs under node. Spec: rest.md §1.6.
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { say } from "../../../browser/core/text.js";

/** By the status of HTTP; 0 without an answer. @type {Record<number, string>} */
const BY_STATUS = {
  0: "shell.problem.lost",
  401: "shell.problem.forbidden",
  403: "shell.problem.forbidden",
  404: "shell.problem.gone",
  429: "shell.problem.busy",
  500: "shell.problem.server",
  501: "shell.problem.notHere",
  502: "shell.problem.server",
  503: "shell.problem.away",
  504: "shell.problem.away",
};

/**
 * @param {unknown} error
 * @returns {string} The server's own words for what is none of these.
 */
export function problemText(error) {
  const key = error instanceof RefusedError ? BY_STATUS[error.status] : undefined;
  return key ? say(key) : error instanceof Error ? error.message : String(error);
}
