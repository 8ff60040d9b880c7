/**
 * What is known of an agent: who that is, and the calls. Events change it, and so does asking how things are.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `notifications.md` §5.1 (which event is about what); `desktop.md` §16.
 */

/** @typedef {import("./objects.js").Update} Update */
/** @typedef {import("./rest-objects.js").Dialog} Dialog */
/** @typedef {import("./rest-objects.js").User} User */

export class Known {
  /** @type {User} */
  me;

  /** @type {Map<string, Dialog>} Oldest first. */
  calls = new Map();

  #tell;
  /** @type {{ node: string, update: Update }[] | null} What came while it was being asked how things are. */
  #held = null;

  /**
   * @param {User} me
   * @param {(type: "me" | "calls", detail: object) => void} tell Told of each change.
   */
  constructor(me, tell) {
    this.me = me;
    this.#tell = tell;
  }

  /**
   * An event has come.
   *
   * @param {string} node
   * @param {Update} update
   */
  take(node, update) {
    if (this.#held !== null) {
      this.#held.push({ node, update });
    } else {
      this.#apply(node, update);
    }
  }

  /**
   * Ask how things are; what differs from what was known is told. What comes meanwhile is applied afterwards: then the newest
   * has the last word.
   *
   * @param {() => Promise<[User, { Dialog: Dialog[] }]>} ask
   * @returns {Promise<boolean>} Whether nobody has asked again meanwhile.
   */
  async renew(ask) {
    const held = (this.#held = /** @type {{ node: string, update: Update }[]} */ ([]));
    try {
      const [me, { Dialog }] = await ask();
      if (this.#held === held) {
        this.#compare(me, Dialog);
      }
      return this.#held === held;
    } finally {
      if (this.#held === held) {
        this.#held = null;
        for (const { node, update } of held) {
          this.#apply(node, update);
        }
      }
    }
  }

  /**
   * @param {string} node
   * @param {Update} update
   */
  #apply(node, { event, kind, data, source }) {
    if (node === this.me.uri && kind === "user" && data.loginId === this.me.loginId) {
      this.#setMe(data);
    } else if (node === this.me.dialogs && kind === "dialogs" && source === this.me.dialogs) {
      for (const dialog of data.Dialog) {
        this.#setCall(dialog.id, event === "DELETE" ? null : dialog, dialog);
      }
    } else if (node === this.me.dialogs && kind === "dialog") {
      this.#setCall(data.id, event === "DELETE" ? null : data, data);
    }
  }

  /**
   * @param {User} me
   * @param {Dialog[]} dialogs
   */
  #compare(me, dialogs) {
    if (!isSame(me, this.me)) {
      this.#setMe(me);
    }
    const there = new Set(dialogs.map(({ id }) => id));
    for (const [id, dialog] of this.calls) {
      if (!there.has(id)) {
        this.#setCall(id, null, dialog);
      }
    }
    for (const dialog of [...dialogs].sort((one, other) => (begun(one) < begun(other) ? -1 : 1))) {
      if (!isSame(dialog, this.calls.get(dialog.id))) {
        this.#setCall(dialog.id, dialog, dialog);
      }
    }
  }

  /** @param {User} now */
  #setMe(now) {
    const before = this.me;
    this.me = now;
    this.#tell("me", { before, now });
  }

  /**
   * @param {string} id
   * @param {Dialog | null} now
   * @param {Dialog} last How it is; or how it was at the end, of a call that is gone.
   */
  #setCall(id, now, last) {
    const before = this.calls.get(id) ?? null;
    if (now !== null) {
      this.calls.set(id, now);
    } else if (!this.calls.delete(id)) {
      return;
    }
    this.#tell("calls", { id, before, now, last });
  }
}

/** @param {Dialog} dialog */
function begun({ participants }) {
  return participants.map(({ startTime }) => startTime).filter(Boolean).sort()[0] ?? "";
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
