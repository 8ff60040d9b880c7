/**
 * Who closes the window without signing out is asked whether he means it: a minute later he would be signed out as lost.
 *
 * Spec: desktop.md §12.
 */

/** @typedef {import("../core/desk.js").Desk} Desk */

let isMeant = false;

/**
 * @param {Desk} desk
 * @param {AbortSignal} signal Aborted when somebody has signed out.
 */
export function warnOfLeaving(desk, signal) {
  isMeant = false;
  window.addEventListener(
    "beforeunload",
    (event) => {
      // While the connection is lost the page may have to go to another node; nobody is asked then.
      if (!isMeant && desk.status === "connected") {
        event.preventDefault();
      }
    },
    { signal },
  );
}

/** Load the page anew, since somebody has chosen something that needs it. */
export function reloadQuietly() {
  isMeant = true;
  location.reload();
}
