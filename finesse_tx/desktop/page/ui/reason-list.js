/** Reasons to choose from; with a field to find one in, where they are many. */
import { say } from "../../../browser/core/text.js";
import { fill, freshId, h } from "../../../browser/ui/element.js";

/** @typedef {{ id: number | string, label: string }} ReasonCode */

/** More than so many are searched. */
export const MANY = 8;

/**
 * @param {object} what
 * @param {string} what.label What they are reasons for.
 * @param {ReasonCode[]} what.reasons
 * @param {(reason: ReasonCode) => void} what.choose
 * @param {string} [what.why] What keeps somebody from choosing any now; empty for nothing.
 * @param {string} [what.explained] The id of what says so already; empty where each has to say it.
 * @param {string} [what.current] The id of the one that holds now.
 */
export function reasonList({ label, reasons, choose, why = "", explained = "", current = "" }) {
  const list = h("ul", { "aria-label": label });
  const items = reasons.map((reason) => ({
    wanted: reason.label.toLocaleLowerCase(),
    item: h("li", {}, panelItem({ label: reason.label, isCurrent: String(reason.id) === current, why, explained, act: () => choose(reason) })),
  }));
  const show = (/** @type {string} */ text) => {
    const found = items.filter(({ wanted }) => wanted.includes(text.trim().toLocaleLowerCase()));
    fill(list, ...found.map(({ item }) => item));
    if (found.length === 0) {
      fill(list, h("li", { class: "none" }, say("sign.noReason")));
    }
  };
  const find = h("input", {
    type: "search",
    id: freshId("find"),
    "aria-label": say("sign.findReason", { what: label }),
    placeholder: say("sign.find"),
    oninput: () => show(find.value),
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter") {
        list.querySelector("button")?.click();
      } else if (event.key === "Escape" && find.value) {
        event.preventDefault();
        event.stopPropagation();
        find.value = "";
        show("");
      }
    },
  });
  show("");
  return h("div", { class: "reasons" }, reasons.length > MANY && h("div", { class: "find" }, find), list);
}

/**
 * One thing to choose in a panel.
 *
 * @param {object} what
 * @param {string} what.label
 * @param {Element} [what.mark]
 * @param {string} [what.note] What else is to be known of it.
 * @param {string} [what.why] What keeps somebody from it now; empty for nothing.
 * @param {string} [what.explained] The id of what says so already; empty where it has to be said here.
 * @param {boolean} [what.isCurrent]
 * @param {() => void} what.act
 */
export function panelItem({ label, mark, note = "", why = "", explained = "", isCurrent = false, act }) {
  const more = explained ? note : why || note;
  return h(
    "button",
    {
      type: "button",
      class: "item",
      "aria-disabled": why ? "true" : null,
      "aria-current": isCurrent ? "true" : null,
      "aria-describedby": explained || null,
      title: why || null,
      onclick: () => !why && act(),
    },
    mark,
    h("span", { class: "label" }, label),
    more && h("span", { class: "note" }, more),
  );
}
