/** `container/pubsub.js`: who hears what of the older way to speak to other gadgets. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Channels, MAX_CHANNEL, MAX_CHANNELS } from "../../../../finesse_tx/desktop/page/container/pubsub.js";

function channels() {
  const told = [];
  const made = new Channels((...given) => told.push(given));
  return { made, told, hear: (who, ...given) => made.hear(who, `https://h.example/${who}.xml`, given) };
}

test("who listens to a channel is told who speaks, until it listens no more or leaves", () => {
  const { made, told, hear } = channels();
  hear("one", "subscribe", "weather");
  hear("two", "subscribe", "weather");
  hear("two", "subscribe", "weather");
  hear("two", "subscribe", "sport");
  const message = { sun: undefined };
  hear("one", "publish", "weather", message);
  hear("three", "publish", "sport", "1:0");
  assert.deepEqual(told, [
    ["one", "weather", "https://h.example/one.xml", message],
    ["two", "weather", "https://h.example/one.xml", message],
    ["two", "sport", "https://h.example/three.xml", "1:0"],
  ]);
  told.length = 0;
  hear("one", "unsubscribe", "weather");
  made.forget("two");
  hear("two", "publish", "weather", "rain");
  assert.deepEqual(told, []);
});

test("what is no command or no channel is not heard", () => {
  const { told, hear } = channels();
  hear("one", "subscribe", "x".repeat(MAX_CHANNEL));
  hear("one", "subscribe", "x".repeat(MAX_CHANNEL + 1));
  hear("one", "subscribe", { toString: () => "weather" });
  hear("one", "subscribe");
  hear("one", "explode", "weather");
  hear("one", "unsubscribe", "never heard of");
  for (const channel of ["x".repeat(MAX_CHANNEL), "x".repeat(MAX_CHANNEL + 1), "weather", undefined, "__proto__"]) {
    hear("two", "publish", channel, "?");
  }
  assert.deepEqual(told.map(([who, channel]) => [who, channel.length]), [["one", MAX_CHANNEL]]);
});

test("a gadget listens to so many channels, and not to one more", () => {
  const { told, hear } = channels();
  for (let n = 0; n <= MAX_CHANNELS; n += 1) {
    hear("one", "subscribe", `c${n}`);
  }
  hear("two", "publish", `c${MAX_CHANNELS - 1}`, "last");
  hear("two", "publish", `c${MAX_CHANNELS}`, "over");
  assert.deepEqual(told.map((one) => one[3]), ["last"]);
});
