/** `browser/core/rest.js`: what is sent, and what comes of each answer. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { RefusedError, Rest, refusal } from "../../finesse_tx/browser/core/rest.js";

/** A server that answers that, and what it was asked. */
function server(status, body, type = "application/json") {
  const asked = [];
  const rest = new Rest(async (path, request) => {
    asked.push([path, request]);
    return new Response(status === 204 ? null : body, { status, headers: { "content-type": type } });
  });
  return { rest, asked };
}

test("JSON is sent and read, with the session's token", async () => {
  const { rest, asked } = server(200, '{"id": 7}');
  rest.token = "t";
  assert.deepEqual(await rest.put("/x", { label: "é" }), { id: 7 });
  const [path, request] = asked[0];
  assert.equal(path, "/x");
  assert.equal(request.method, "PUT");
  assert.equal(request.body, '{"label":"é"}');
  assert.equal(request.headers["X-CSRF-Token"], "t");
  assert.equal(request.headers["Content-Type"], "application/json");
  assert.equal(request.credentials, "same-origin");
});

test("text is sent as it is, and what is no JSON is read as text", async () => {
  const { rest, asked } = server(200, "a,b\n", "text/csv");
  assert.equal(await rest.ask("POST", "/csv", { data: "a,b\n", type: "text/csv" }), "a,b\n");
  assert.equal(asked[0][1].headers["Content-Type"], "text/csv");
});

test("an empty answer is null", async () => {
  assert.equal(await server(204, "").rest.remove("/x"), null);
});

test("a refusal says status, type, what it is about, and a sentence", () => {
  const body = { ApiError: { ErrorType: "Invalid Input", ErrorData: "label", ErrorMessage: "No" } };
  for (const text of [body, { ApiErrors: body }, { ApiErrors: { ApiError: [body.ApiError] } }]) {
    const error = refusal(400, JSON.stringify(text));
    assert.ok(error instanceof RefusedError);
    assert.deepEqual(
      [error.status, error.type, error.data, error.message],
      [400, "Invalid Input", "label", "No"],
    );
  }
  assert.equal(refusal(401, '{"error": "Wrong."}').message, "Wrong.");
  for (const text of ["", "<html>", "null", "[]", "7"]) {
    assert.equal(refusal(502, text).message, "The server answered 502.");
  }
});

test("a 401 with a token tells that the session is over; without, nothing", async () => {
  const { rest } = server(401, "{}");
  let told = 0;
  rest.addEventListener("signedout", () => (told += 1));
  await assert.rejects(rest.get("/x"), { status: 401 });
  assert.equal(told, 0);
  rest.token = "t";
  await assert.rejects(rest.get("/x"), { status: 401 });
  assert.equal(told, 1);
});

test("no answer is a refusal with status 0; what was given up is not", async () => {
  const rest = new Rest(async () => {
    throw new TypeError("network");
  });
  await assert.rejects(rest.get("/x"), { name: "RefusedError", status: 0 });
  const given = AbortSignal.abort();
  await assert.rejects(rest.get("/x", given), { name: "TypeError" });
});

test("a refusal says when to come back, where the server does", async () => {
  for (const [headers, seconds] of [[{ "retry-after": "300" }, 300], [{}, 0], [{ "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" }, 0]]) {
    const rest = new Rest(async () => new Response("{}", { status: 401, headers }));
    await assert.rejects(rest.get("/x"), { retryAfterS: seconds });
  }
});
