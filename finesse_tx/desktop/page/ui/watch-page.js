/** See whether the page goes on, and mind what has stopped it before. */
import { placeOf } from "../container/held-gadgets.js";
import { frameId } from "../container/host.js";
import { followLongTasks } from "../container/standstill-watch.js";
import { StandingNotice } from "./standing-notice.js";

/** @typedef {import("../container/host.js").GadgetHost} GadgetHost */
/** @typedef {import("../container/standstill.js").Standing} Standing */
/** @typedef {import("../container/standstill-watch.js").StandstillWatch} StandstillWatch */
/** @typedef {import("./gadget-frame.js").GadgetFrame} GadgetFrame */

/**
 * @param {object} given
 * @param {GadgetHost} given.host
 * @param {StandstillWatch} given.watch
 * @param {() => GadgetFrame[]} given.frames
 * @param {Standing | null} given.standing What was seen before.
 * @param {AbortSignal} given.signal
 * @returns {StandingNotice | null} What is to be shown of that.
 */
export function watchPage({ host, watch, frames, standing, signal }) {
  const framed = (/** @type {string} */ id) => frames().find(({ mid }) => frameId(mid) === id);
  const touches = (/** @type {GadgetFrame | undefined} */ frame) =>
    frame && watch.touches({ place: placeOf(frame.gadget.url), title: frame.title_ });
  host.watch = watch;
  host.hub.delivers = (client) => touches(/** @type {GadgetFrame | undefined} */ (host.frameOf(client)));
  window.addEventListener("blur", () => touches(framed(document.activeElement?.id ?? "")), { signal });
  followLongTasks((id, seconds) => framed(id)?.stalled(seconds), signal);
  if (!standing) {
    return null;
  }
  const { suspects, areBeginning } = standing;
  host.log(`the page had stopped responding; ${suspects.map(({ title }) => title).join(", ") || "no gadget"} may be why`);
  if (areBeginning) { // they would stop it again, before anybody could choose
    suspects.forEach(({ place }) => host.held.hold(place));
  }
  if (areBeginning || suspects.length === 0) {
    return null;
  }
  const notice = new StandingNotice();
  notice.suspects = suspects;
  notice.leaveOut = (place) =>
    frames()
      .filter(({ gadget }) => placeOf(gadget.url) === place)
      .forEach((frame) => frame.leaveOut());
  return notice;
}
