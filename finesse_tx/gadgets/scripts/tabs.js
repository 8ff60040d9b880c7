/* tabs: gadgets.TabSet (OpenSocial Core Gadget Specification 2.0). The tabs are used with arrow keys, too. */
"use strict";

(() => {
  let made = 0;

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
    #header = document.createElement("div");
    #root;

    constructor(_moduleId, wantedName, container) {
      this.wanted = wantedName;
      this.#root = container ?? document.createElement("div");
      this.#header.setAttribute("role", "tablist");
      this.#header.className = "tablib_header_container";
      this.#header.addEventListener("keydown", (event) => this.#move(event));
      this.#root.prepend(this.#header);
      if (!container) {
        document.body.prepend(this.#root);
      }
    }

    #move(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        const count = this.#tabs.length;
        this.setSelectedTab((this.#selected.getIndex() + step + count) % count);
        this.#selected.button.focus();
      }
    }

    /** `name` and what the tab has: `contentContainer`, `callback`, `tooltip`, `index`. Returns the id of its content. */
    addTab(name, given = {}) {
      const params = typeof given === "string" ? { contentContainer: document.getElementById(given) } : given;
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
      tab.button.tabIndex = -1;
      if (!this.#selected || name === this.wanted) {
        this.#select(tab);
      }
      return content.id;
    }

    #select(tab) {
      for (const one of this.#tabs) {
        const isIt = one === tab;
        one.button.setAttribute("aria-selected", String(isIt));
        one.button.tabIndex = isIt ? 0 : -1;
        one.content.hidden = !isIt;
      }
      this.#selected = tab;
      tab.callback?.(tab.content.id);
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
