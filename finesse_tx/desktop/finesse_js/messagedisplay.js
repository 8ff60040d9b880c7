/* finesse.utilities.MessageDisplay: a text in the gadget's own `#banner` (desktop.md §9). */
"use strict";

window.finesse = window.finesse || {};
finesse.utilities = finesse.utilities || {};

finesse.utilities.MessageDisplay = {
  /** Show an error, as text, with a button that takes it away; nothing where the gadget has no such elements. */
  showBannerError(text) {
    const banner = document.getElementById("banner");
    const message = document.getElementById("banner-msg");
    if (!banner || !message) {
      return;
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close btn-close";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => finesse.utilities.MessageDisplay.hideBanner());
    const words = document.createElement("span");
    words.textContent = String(text ?? "");
    message.replaceChildren(words, close);
    // Bootstrap's, of either version: a gadget without it still has the words.
    message.className = "alert alert-danger alert-dismissible";
    message.setAttribute("role", "alert");
    banner.style.display = "block";
    if (window.getComputedStyle(close).backgroundImage === "none") {
      close.textContent = "\u00d7"; // Bootstrap 5 draws one
    }
  },

  /** Take it away. */
  hideBanner() {
    const banner = document.getElementById("banner");
    if (banner) {
      banner.style.display = "none";
      document.getElementById("banner-msg")?.replaceChildren();
    }
  },
};
