/**
 * What gadgets say to each other in the way that was there before the hub: the feature `pubsub`, whose channels the page keeps.
 *
 * Spec: `gadgets.md` §8, §10.3.
 */

/** A gadget listens to no more channels than that. */
export const MAX_CHANNELS = 256;

/** A channel's name is no longer. */
export const MAX_CHANNEL = 1024;

/** Who listens to which channel, by the ids of frames. */
export class Channels {
  /** @type {Map<string, Set<string>>} */
  #heard = new Map();
  #tell;

  /** @param {(id: string, channel: string, sender: string, message: unknown) => void} tell Tells a gadget. */
  constructor(tell) {
    this.#tell = tell;
  }

  /**
   * Do what a gadget asks. Its own messages reach it, too, when it listens; what is none of the commands is not heard.
   *
   * @param {string} id Of the gadget's frame.
   * @param {string} url Of its specification, by which others know it.
   * @param {unknown[]} given The command, the channel, and the message if there is one.
   */
  hear(id, url, [command, channel, message]) {
    if (typeof channel !== "string" || channel.length > MAX_CHANNEL) {
      return;
    }
    const own = this.#heard.get(id) ?? new Set();
    if (command === "subscribe" && own.size < MAX_CHANNELS) {
      this.#heard.set(id, own.add(channel));
    } else if (command === "unsubscribe") {
      own.delete(channel);
    } else if (command === "publish") {
      for (const [listener, channels] of this.#heard) {
        if (channels.has(channel)) {
          this.#tell(listener, channel, url, message);
        }
      }
    }
  }

  /**
   * A gadget leaves, and listens no more.
   *
   * @param {string} id
   */
  forget(id) {
    this.#heard.delete(id);
  }
}
