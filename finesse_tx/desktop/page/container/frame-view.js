/** What can be seen of a gadget from outside: by its address, and in its frame. */

/** How high one is before it says so, and at most, in pixels. */
export const FIRST_HEIGHT = 160;
export const MAX_HEIGHT = 20_000;

/**
 * What a gadget may do: not lead the desktop elsewhere, nor may any page in it. It keeps its origin; one of ours can
 * reach all that is ours, as gadgets must (desktop.md §6), so that this is against accidents, and isolation against malice.
 */
export const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads " +
  "allow-top-navigation-to-custom-protocols";

/**
 * Whether a view that a gadget asks for is a large one; null for one that is neither.
 *
 * @param {string} view
 */
export function isLargeView(view) {
  if (/^(canvas|full_page)/i.test(view)) {
    return true;
  }
  return /^(default|home|profile|dashboard)/i.test(view) ? false : null;
}

/**
 * How high a gadget is at first, where its address says so.
 *
 * @param {string} url
 */
export function firstHeight(url) {
  const wanted = Number(new URL(url).searchParams.get("gadgetHeight"));
  return wanted > 0 ? Math.min(wanted, MAX_HEIGHT) : FIRST_HEIGHT;
}

/**
 * What people call a gadget that has not said its title.
 *
 * @param {string} url
 */
export function fileName(url) {
  return new URL(url).pathname.split("/").at(-1)?.replace(/\.xml$/i, "") ?? "";
}

/**
 * What has come into a frame; null where that cannot be looked at.
 *
 * @param {HTMLIFrameElement} frame
 */
export function lookInto(frame) {
  try {
    const { contentDocument: document, contentWindow } = frame;
    if (!document) {
      return null;
    }
    const inside = /** @type {any} */ (contentWindow);
    return {
      isGadget: inside.__isgadget === true,
      hasHub: Boolean(inside.gadgets?.HubSettings),
      title: document.title,
      height: Number(document.querySelector('meta[name="gadget-height"]')?.getAttribute("content")),
      reason: (document.querySelector("main p") ?? document.body)?.textContent?.trim().slice(0, 500) ?? "",
    };
  } catch {
    return null;
  }
}
