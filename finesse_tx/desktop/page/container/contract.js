/**
 * `window.finesse` of the page, as gadgets reach for it: `parent.finesse.container`.
 *
 * Spec: `desktop.md` §6. There is no `top.cd`: a gadget's tab is the `div.tab-panel` around its frame.
 */

/** @typedef {import("./prefs.js").Surroundings} Surroundings */

/**
 * @typedef {object} Reached
 * @property {() => string} activeTab
 * @property {(id: string) => boolean} activateTab
 * @property {(options: any) => unknown} showDialog
 * @property {() => void} hideDialog
 * @property {(mid: number) => void} reload
 * @property {(mid: number, url: string) => void} modifyUrl
 * @property {(mid: number, closed: unknown) => string} showBanner
 * @property {(id: string) => void} hideBanner
 */

/**
 * Give gadgets what they reach for, until the signal is aborted.
 *
 * @param {any} window
 * @param {Reached} page
 * @param {() => Surroundings} around
 * @param {AbortSignal} signal
 */
export function offer(window, page, around, signal) {
  const made = {
    container: {
      get Config() {
        return around();
      },
      Container: {
        showDialog: (/** @type {any} */ options) => page.showDialog(options ?? {}),
        hideDialog: () => page.hideDialog(),
        reloadGadget: (/** @type {unknown} */ id) => page.reload(Number(id)),
        modifyGadgetUrl: (/** @type {unknown} */ id, /** @type {unknown} */ url) => page.modifyUrl(Number(id), String(url)),
        showCertificateBanner: (/** @type {any} */ about) => page.showBanner(Number(about?.id), about?.callback),
        hideCertificateBanner: (/** @type {unknown} */ id) => page.hideBanner(String(id)),
      },
      Tabs: {
        getActiveTab: () => page.activeTab(),
        activateTab: (/** @type {unknown} */ id) => page.activateTab(String(id)),
      },
    },
  };
  window.finesse = made;
  signal.addEventListener("abort", () => {
    if (window.finesse === made) {
      delete window.finesse;
    }
  });
}
