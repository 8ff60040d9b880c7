/** The list of all shortcuts, by Ctrl+Alt+F or from the menu. Spec: desktop.md §17. */
import { say } from "../../../browser/core/text.js";
import { freshId, h } from "../../../browser/ui/element.js";

/** @typedef {import("../core/shortcuts.js").Shortcuts} Shortcuts */

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** @param {string} keys Such as `Ctrl+Alt+R`. */
function keyCaps(keys) {
  const parts = keys.split("+").map((part) => (part === "Shift" ? say("sign.key.shift") : IS_MAC && part === "Alt" ? "⌥ Option" : part));
  return parts.map((part, at) => [at > 0 && " + ", h("kbd", {}, part)]);
}

/**
 * Show it; a second time closes it.
 *
 * @param {Shortcuts} shortcuts
 */
export function showShortcuts(shortcuts) {
  const open = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog.shortcut-list"));
  if (open) {
    open.close();
    return;
  }
  const title = freshId("title");
  const close = h("button", { type: "button", class: "primary" }, say("sign.close"));
  const rows = shortcuts.list.map(({ label, keys, isDisabled }) =>
    h(
      "tr",
      { class: isDisabled ? "off" : "" },
      h("th", { scope: "row" }, label),
      h("td", {}, keyCaps(keys), isDisabled && h("span", { class: "why" }, say("sign.key.off"))),
    ),
  );
  const dialog = h(
    "dialog",
    { class: "shortcut-list", "aria-labelledby": title },
    h("h2", { id: title }, say("sign.shortcuts")),
    !shortcuts.isOn && h("p", { class: "notice warning" }, say("sign.key.allOff")),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": title },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("sign.key.does")), h("th", { scope: "col" }, say("sign.key.keys")))),
        h("tbody", {}, rows),
      ),
    ),
    h("div", { class: "buttons" }, close),
  );
  const before = document.activeElement;
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement) {
      before.focus();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}
