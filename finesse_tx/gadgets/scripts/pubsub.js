/* pubsub: the older way to speak to other gadgets, by the page (gadgets.md §8). */
"use strict";

gadgets.pubsub = gadgets.pubsub || (() => {
  const listeners = new Map();

  gadgets.rpc.register("pubsub", function hear(channel, sender, message) {
    if (this.f === "..") {
      listeners.get(channel)?.(sender, message);
    }
  });

  return {
    publish: (channel, message) => gadgets.rpc.call("..", "pubsub", null, "publish", channel, message),

    subscribe(channel, callback) {
      listeners.set(channel, callback);
      gadgets.rpc.call("..", "pubsub", null, "subscribe", channel);
    },

    unsubscribe(channel) {
      listeners.delete(channel);
      gadgets.rpc.call("..", "pubsub", null, "unsubscribe", channel);
    },
  };
})();
