/** Gives a desk what it calls people with and is called by: shortcuts, sound and notifications, and the log for the help desk. */
import { say } from "../../../browser/core/text.js";
import { announce } from "../../../browser/ui/notices.js";
import { deskLog } from "../core/desk-log.js";
import { Shortcuts } from "../core/shortcuts.js";
import { Attention } from "./attention.js";
import { warnOfLeaving } from "./leaving.js";
import { showShortcuts } from "./shortcut-list.js";

/** @typedef {import("../core/desk.js").Desk} Desk */

/**
 * @param {Desk} desk
 * @param {AbortSignal} signal Aborted when somebody has left.
 */
export function attend(desk, signal) {
  const shortcuts = new Shortcuts();
  desk.shortcuts = shortcuts;
  shortcuts.listen(window, signal);
  shortcuts.add({ id: "shortcut-list", label: say("sign.key.list"), keys: "Ctrl+Alt+F", run: () => showShortcuts(shortcuts), signal });
  shortcuts.addEventListener(
    "collision",
    (event) => {
      const { keys, labels } = /** @type {Event & { keys: string, labels: string[] }} */ (event);
      announce(say("sign.key.collision", { keys, labels: labels.join(", ") }), "bad");
    },
    { signal },
  );
  desk.config("Settings").then(
    ({ enableShortCutKeys }) => (shortcuts.isOn = enableShortCutKeys !== "false"),
    () => {}, // they are on
  );

  const attention = new Attention(desk, signal);
  desk.notify = (what) => attention.notify(what);

  warnOfLeaving(desk, signal);
  deskLog.clear();
  deskLog.follow(desk, signal);
  window.addEventListener("error", ({ message, filename, lineno }) => deskLog.add("script", `${message} ${filename}:${lineno}`), { signal });
  window.addEventListener("unhandledrejection", ({ reason }) => deskLog.add("script", String(reason)), { signal });
}
