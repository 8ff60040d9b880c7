/** What a gadget shows in its own banner. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { desk } from "./desk.mjs";

/** As much of an element as a banner needs. */
class Element {
  style = { display: "none" };
  attributes = {};
  children = [];
  textContent = "";
  #listeners = [];

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  addEventListener(type, listener) {
    this.#listeners.push([type, listener]);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  click() {
    this.#listeners.filter(([type]) => type === "click").forEach(([, listener]) => listener());
  }
}

/** A gadget's document, with those elements. */
function gadget(elements) {
  const { window, finesse } = desk();
  window.getComputedStyle = () => ({ backgroundImage: "none" });
  window.document = { getElementById: (id) => elements[id] ?? null, createElement: () => new Element() };
  return finesse.utilities.MessageDisplay;
}

test("an error is shown as text, and its button hides it", () => {
  const elements = { banner: new Element(), "banner-msg": new Element() };
  const display = gadget(elements);
  display.showBannerError("<b>No</b>");
  const [words, close] = elements["banner-msg"].children;
  assert.equal(words.textContent, "<b>No</b>");
  assert.equal(close.textContent, "\u00d7");
  assert.equal(elements["banner-msg"].attributes.role, "alert");
  assert.equal(elements.banner.style.display, "block");
  display.showBannerError("again");
  assert.equal(elements["banner-msg"].children.length, 2);
  close.click();
  assert.equal(elements.banner.style.display, "none");
  assert.deepEqual(elements["banner-msg"].children, []);
});

test("a gadget without the elements goes on", () => {
  const display = gadget({});
  display.showBannerError("No");
  display.hideBanner();
});
