// What tests/support/node.py speaks: one JSON object a line, out on standard output, in on standard input.

import { createInterface } from "node:readline";

console.log = console.info = console.debug = console.error; // what libraries say is no line of ours

/** Tell the test of something: `event` says what. */
export function tell(event, about = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...about })}\n`);
}

/** Do what the test asks: `commands` has a function for each `do`. At the end of the input, exit. */
export function obey(commands) {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    const { do: name, ...about } = JSON.parse(line);
    try {
      await commands[name](about);
    } catch (error) {
      tell("failed", { do: name, message: String(error) });
    }
  });
  lines.on("close", () => process.exit(0));
}

/** The test's arguments. */
export const options = JSON.parse(process.argv[2] ?? "{}");
