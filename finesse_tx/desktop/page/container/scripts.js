/** The scripts of rpc and of the hub, which are the same for the page and for gadgets; they are loaded once. */

const SCRIPTS = "/gadgets/js/rpc:org.openajax.hub-2.0.7.js?c=1";

/** @type {Promise<{ OpenAjax: any, gadgets: any }> | null} */
let loading = null;

/**
 * Have them loaded.
 *
 * @returns {Promise<{ OpenAjax: any, gadgets: any }>} The globals that they make.
 * @throws {Error} They cannot be had; the next who asks has them loaded again.
 */
export function hubScripts() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = SCRIPTS;
    script.addEventListener("load", () => done(/** @type {any} */ (window)));
    script.addEventListener("error", () => {
      loading = null;
      script.remove();
      failed(new Error(SCRIPTS));
    });
    document.head.append(script);
  });
  return loading;
}
