/** The worker that watches whether the page responds; see `standstill.js`. */
import { ASK_MS, Standstill } from "./standstill.js";
import { forgetStanding, keepStanding } from "./standstill-store.js";

const own = /** @type {any} */ (self);

/** @type {Standstill | null} */
let watch = null;

/** What is written is written in its order. */
let writing = Promise.resolve();

/** @param {() => Promise<void>} write */
function then(write) {
  writing = writing.then(write).catch(() => {}); // there is no store: then nothing is known the next time
}

own.onmessage = (/** @type {MessageEvent} */ { data }) => {
  if (watch) {
    watch.hear(data);
    return;
  }
  const { loginId } = data;
  const made = new Standstill({
    ask: () => own.postMessage(null),
    keep: (standing) => then(() => keepStanding(loginId, standing)),
    forget: () => then(() => forgetStanding(loginId)),
    now: () => performance.now(),
  });
  watch = made;
  made.tick(); // so that the page knows
  setInterval(() => made.tick(), ASK_MS);
};
