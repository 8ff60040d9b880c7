/**
 * What our custom elements have in common: whatever they began while they were on the page ends when they leave it.
 */
export class LiveElement extends HTMLElement {
  #leaving = new AbortController();

  /** Aborted when the element leaves the page; for listeners, requests and timers. */
  get signal() {
    return this.#leaving.signal;
  }

  connectedCallback() {
    this.#leaving = new AbortController();
    this.start();
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }

  /** Called each time that the element comes onto the page. */
  start() {}
}
