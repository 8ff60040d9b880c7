/** `desktop/page/core/digit-queue.js`: what is keyed is sent in order, once. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { DigitQueue, THRESHOLD } from "../../../finesse_tx/desktop/page/core/digit-queue.js";

/** A server that answers when it is told to. */
function slow(threshold) {
  const sent = [];
  const failures = [];
  const queue = new DigitQueue(
    (digits) => new Promise((resolve, reject) => sent.push({ digits, resolve, reject })),
    (error) => failures.push(error),
    threshold,
  );
  return { queue, sent, failures, said: () => sent.map((one) => one.digits) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("the first goes at once, the others together when it was answered", async () => {
  const { queue, sent, said } = slow();
  for (const digit of "12#*D") {
    assert.ok(queue.press(digit));
  }
  assert.deepEqual(said(), ["1"]);
  assert.ok(queue.isSending);
  sent[0].resolve();
  await turn();
  assert.deepEqual(said(), ["1", "2#*D"]);
  sent[1].resolve();
  await turn();
  assert.ok(!queue.isSending);
  assert.ok(queue.press("3"));
  assert.deepEqual(said(), ["1", "2#*D", "3"]);
});

test("what is no key is not taken", () => {
  const { queue, said } = slow();
  for (const digit of ["", "E", "a", "12", "+", " "]) {
    assert.ok(!queue.press(digit));
  }
  assert.deepEqual(said(), []);
});

test("as many wait as the threshold says, and not one more", async () => {
  for (const [asked, expected] of [[3, 3], [undefined, THRESHOLD], [99, THRESHOLD], [0, 1]]) {
    const { queue, sent } = slow(asked);
    queue.press("0");
    for (let count = 0; count < expected; count += 1) {
      assert.ok(queue.press("1"));
    }
    assert.ok(!queue.press("1"));
    sent[0].resolve();
    await turn();
    assert.ok(queue.press("2"));
  }
});

test("what fails is told once, what waited behind it is not sent, and the next is", async () => {
  const { queue, sent, said, failures } = slow();
  queue.press("1");
  queue.press("2");
  const error = new Error("no");
  sent[0].reject(error);
  await turn();
  assert.deepEqual(failures, [error]);
  assert.deepEqual(said(), ["1"]);
  assert.ok(queue.press("3"));
  assert.deepEqual(said(), ["1", "3"]);
});
