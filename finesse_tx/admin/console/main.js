/** The console: somebody signs in, and the shell shows what there is to configure. */
import { Rest } from "../../browser/core/rest.js";
import { say, speak } from "../../browser/core/text.js";
import { fill } from "../../browser/ui/element.js";
import "../../browser/ui/notices.js";
import { ENGLISH } from "./text/english.js";
import { ConsoleShell } from "./ui/console-shell.js";
import { SignIn } from "./ui/sign-in.js";

/** @typedef {{ signedIn: boolean, loginId: string, name: string, token: string }} SignedIn */

const SESSION = "/cfadmin/api/session";

speak(ENGLISH);
const rest = new Rest();

/** @param {string} [reason] Why one has to sign in, when it is not the first time. */
function showSignIn(reason = "") {
  rest.token = "";
  const page = new SignIn();
  page.reason = reason;
  page.signIn = async (username, password) => {
    showShell(await rest.post(SESSION, { username, password }));
  };
  document.title = say("signIn.title");
  fill(document.body, page);
}

/** @param {SignedIn} session */
function showShell(session) {
  rest.token = session.token;
  const shell = new ConsoleShell();
  shell.rest = rest;
  shell.person = session.name;
  shell.signOut = async () => {
    await rest.remove(SESSION);
    showSignIn();
  };
  fill(document.body, shell, document.createElement("page-notices"));
}

rest.addEventListener("signedout", () => showSignIn(say("signIn.again")));

try {
  /** @type {SignedIn} */
  const session = await rest.get(SESSION);
  if (session.signedIn) {
    showShell(session);
  } else {
    showSignIn();
  }
} catch (error) {
  showSignIn(error instanceof Error ? error.message : String(error));
}
