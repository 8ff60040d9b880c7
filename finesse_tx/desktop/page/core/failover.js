/**
 * What a desktop does when its server does not serve: it waits for it, or goes to the other node of two.
 *
 * A machine without clock and network: `step` takes what happened, and says what to do. It goes to the other node only when that
 * serves and our own has been asked twice; from there nothing leads back by itself. A single node is waited for, for ever.
 *
 * Spec: `desktop.md` §16.
 */

/** The pause between two rounds of asking. */
export const ROUND_MS = 20_000;

/** So many failed attempts to connect are no hiccup; and a server that says so often that it serves, and does not connect, is none. */
export const PATIENCE = 3;

/** @typedef {"well" | "asking" | "waiting" | "confirming" | "leaving"} Phase */

/** @typedef {{ phase: Phase, hasOther: boolean, own: boolean | null, other: boolean | null, promises: number }} Watch */

/** @typedef {"lost" | "recovered" | "due" | "ownGood" | "ownBad" | "otherGood" | "otherBad"} Input */

/** @typedef {"askOwn" | "askOther" | "reconnect" | "wait" | "leave" | "rest"} Action `rest`: no timer is wanted any more. */

/**
 * How it begins.
 *
 * @param {boolean} hasOther Whether there is another node.
 * @returns {Watch}
 */
export function begin(hasOther) {
  return { phase: "well", hasOther, own: null, other: null, promises: 0 };
}

/**
 * @param {Watch} watch
 * @returns {[Watch, Action[]]}
 */
function ask(watch) {
  const asking = { ...watch, phase: /** @type {Phase} */ ("asking"), own: null, other: watch.hasOther ? null : false };
  return [asking, watch.hasOther ? ["askOwn", "askOther"] : ["askOwn"]];
}

/**
 * Both have answered, or have not.
 *
 * @param {Watch} watch
 * @returns {[Watch, Action[]]}
 */
function decide(watch) {
  const { own, other, promises } = watch;
  if (own && (promises < PATIENCE || !other)) {
    return [{ ...watch, phase: "waiting", promises: promises + 1 }, ["reconnect", "wait"]];
  }
  return other ? [{ ...watch, phase: "confirming" }, ["askOwn"]] : [{ ...watch, phase: "waiting" }, ["wait"]];
}

/**
 * Our own node was asked once more.
 *
 * @param {Watch} watch
 * @param {boolean} isGood
 * @returns {[Watch, Action[]]}
 */
function confirm(watch, isGood) {
  return isGood && watch.promises < PATIENCE
    ? [{ ...watch, phase: "waiting", promises: watch.promises + 1 }, ["reconnect", "wait"]]
    : [{ ...watch, phase: "leaving" }, ["leave", "wait"]];
}

/**
 * Take what happened. What means nothing in a phase changes nothing.
 *
 * @param {Watch} watch
 * @param {Input} input
 * @returns {[Watch, Action[]]} How it is then, and what is to be done.
 */
export function step(watch, input) {
  const { phase } = watch;
  if (input === "recovered") {
    return phase === "well" ? [watch, []] : [begin(watch.hasOther), ["rest"]];
  }
  if (input === "lost") {
    return phase === "well" ? ask(watch) : [watch, []];
  }
  if (input === "due") {
    return phase === "waiting" || phase === "leaving" ? ask(watch) : [watch, []];
  }
  const isGood = input === "ownGood" || input === "otherGood";
  const isOwn = input === "ownGood" || input === "ownBad";
  if (phase === "confirming" && isOwn) {
    return confirm(watch, isGood);
  }
  if (phase !== "asking") {
    return [watch, []];
  }
  const told = isOwn ? { ...watch, own: isGood } : { ...watch, other: watch.hasOther && isGood };
  return told.own === null || told.other === null ? [told, []] : decide(told);
}
