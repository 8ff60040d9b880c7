/* tabs: gadgets.TabSet (OpenSocial Core Gadget Specification 2.0). The tabs are used with arrow keys, too. */
"use strict";

(() => {
  let made = 0;

  const STYLE = `.tablib_header_container { border-bottom: 1px solid #676767; }
    .tablib_header_container > button { border: 1px solid #676767; border-bottom: 0; margin: 0 2px; padding: 4px 10px; background: #eee; color: #222; font: inherit; }
    .tablib_header_container > .tablib_selected { background: #fff; color: #000; font-weight: bold; }`;

  /** Before any style of the gadget's, which therefore wins. */
  const dress = () => {
    if (made === 0) {
      document.head.prepend(Object.assign(document.createElement("style"), { textContent: STYLE }));
    }
  };

  class Tab {
    constructor(name, content, callback, tooltip) {
      made += 1;
      this.name = name;
      this.content = content;
      this.callback = callback;
      this.button = Object.assign(document.createElement("button"), { type: "button", id: `tab-${made}`, title: tooltip ?? "" });
      this.button.setAttribute("role", "tab");
      this.button.append(name);
      content.setAttribute("role", "tabpanel");
      content.setAttribute("aria-labelledby", this.button.id);
    }

    getName() {
      return this.name;
    }

    getNameContainer() {
      return this.button;
    }

    getContentContainer() {
      return this.content;
    }

    getCallback() {
      return this.callback;
    }

    getIndex() {
      return this.set.getTabs().indexOf(this);
    }
  }

  class TabSet {
    #tabs = [];
    #selected = null;
    #prefs = new gadgets.Prefs();
    #kept = this.#prefs.getString("selectedTab");
    #header = document.createElement("div");
    #root;

    constructor(_moduleId, wantedName, container) {
      this.wanted = wantedName ?? "";
      this.#root = container ?? document.createElement("div");
      dress();
      this.#header.setAttribute("role", "tablist");
      this.#header.className = "tablib_header_container";
      this.#header.addEventListener("keydown", (event) => this.#move(event));
      this.#root.prepend(this.#header);
      if (!container) {
        document.body.prepend(this.#root);
      }
      this.displayTabs(false);
    }

    #move(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        const count = this.#tabs.length;
        const from = this.#tabs.findIndex((tab) => tab.button === document.activeElement);
        this.setSelectedTab((from + step + count) % count);
        this.#selected.button.focus();
      }
    }

    /**
     * `name` and what the tab has: `contentContainer`, `callback`, `tooltip`, `index`; or the id of its content and the callback.
     * Returns the id of its content.
     */
    addTab(name, given = {}, callback = undefined) {
      const params = typeof given === "string" ? { contentContainer: document.getElementById(given), callback } : given;
      const content = params.contentContainer ?? document.createElement("div");
      content.id ||= `tab-content-${made + 1}`;
      const tab = new Tab(name, content, params.callback, params.tooltip);
      tab.set = this;
      const index = Math.min(params.index ?? this.#tabs.length, this.#tabs.length);
      this.#tabs.splice(index, 0, tab);
      this.#header.insertBefore(tab.button, this.#header.children[index] ?? null);
      this.#root.append(content);
      tab.button.addEventListener("click", () => this.#select(tab));
      content.hidden = true;
      tab.button.className = "tablib_unselected";
      tab.button.tabIndex = this.#tabs.length === 1 ? 0 : -1;
      if (this.#kept !== "") {
        if (Number(this.#kept) === index) {
          this.#select(tab, false);
        }
      } else if (name === this.wanted || (!this.wanted && index === 0)) {
        this.#select(tab);
      }
      this.displayTabs(true);
      return content.id;
    }

    addDynamicTab(name, callback) {
      return this.addTab(name, { callback });
    }

    #select(tab, isKept = true) {
      if (tab === this.#selected) {
        return;
      }
      for (const one of this.#tabs) {
        const isIt = one === tab;
        one.button.setAttribute("aria-selected", String(isIt));
        one.button.className = isIt ? "tablib_selected" : "tablib_unselected";
        one.button.tabIndex = isIt ? 0 : -1;
        one.content.hidden = !isIt;
      }
      this.#selected = tab;
      if (isKept) {
        this.#keep(tab.getIndex());
      }
      tab.callback?.(tab.content.id);
    }

    /** Remember which one is selected, for a gadget that has `setprefs`. */
    #keep(index) {
      this.#kept = String(index);
      if (gadgets.util.hasFeature("setprefs")) {
        this.#prefs.set("selectedTab", this.#kept);
      }
    }

    removeTab(index) {
      const [tab] = this.#tabs.splice(index, 1);
      tab?.button.remove();
      tab?.content.remove();
      if (tab && tab === this.#selected) {
        this.#selected = null;
        if (this.#tabs.length > 0) {
          this.#select(this.#tabs[Math.min(index, this.#tabs.length - 1)]);
        }
      }
      this.displayTabs(this.#tabs.length > 0);
    }

    getSelectedTab() {
      return this.#selected;
    }

    setSelectedTab(index) {
      if (this.#tabs[index]) {
        this.#select(this.#tabs[index]);
      }
    }

    getTabs() {
      return this.#tabs;
    }

    /** iGoogle's names of what others do. */
    moveTab(one, two) {
      this.swapTabs(one, two);
    }

    addDynamicTab(name, callback) {
      return this.addTab(name, { callback });
    }

    swapTabs(one, two) {
      const [first, second] = [this.#tabs[one], this.#tabs[two]];
      if (first && second) {
        this.#tabs[one] = second;
        this.#tabs[two] = first;
        this.#header.replaceChildren(...this.#tabs.map((tab) => tab.button));
      }
    }

    alignTabs(where, offset = 3) {
      this.#header.style.textAlign = where;
      this.#header.style.paddingInline = `${offset}px`;
    }

    displayTabs(isShown) {
      this.#root.hidden = !isShown;
    }

    getHeaderContainer() {
      return this.#header;
    }
  }

  gadgets.Tab = gadgets.Tab || Tab;
  gadgets.TabSet = gadgets.TabSet || TabSet;
  window._IG_Tabs = window._IG_Tabs || gadgets.TabSet;
})();
