/** The desktop: somebody signs in, or is still signed in, and the shell shows what there is. */
import { RefusedError, Rest } from "../../browser/core/rest.js";
import { say } from "../../browser/core/text.js";
import { fill, h } from "../../browser/ui/element.js";
import "../../browser/ui/notices.js";
import { reasonLabel } from "./core/agent-states.js";
import { Connection, pauseMs } from "./core/connection.js";
import { Entrance } from "./core/entrance.js";
import { FailoverWatch } from "./core/failover-watch.js";
import { ServerClock } from "./core/server-clock.js";
import { handedOver, Session, takenOver } from "./core/session.js";
import { openStream, preload } from "./stream.js";
// The elements, a line each; the layout names those that nothing else imports.
import "./ui/agent-history.js";
import { attend } from "./ui/attend.js";
import { AttentionAsk } from "./ui/attention.js";
import "./ui/call-control.js";
import "./ui/call-dialer.js";
import "./ui/desk-logo.js";
import { DeskPage } from "./ui/desk-page.js";
import { DeskShell } from "./ui/desk-shell.js";
import "./ui/identity-menu.js";
import { beginLanguage } from "./ui/language.js";
import "./ui/queue-statistics.js";
import { SignIn } from "./ui/sign-in.js";
import { SignedOut } from "./ui/signed-out.js";
import "./ui/team-messages.js";
import "./ui/team-performance.js";
import { showTheme } from "./ui/theme.js";
import "./ui/voice-state.js";

/** @typedef {import("./core/desk.js").Desk} Desk */

const DESKTOP = "/desktop/container/";

showTheme();
await beginLanguage();

const rest = new Rest();
const session = new Session(rest, sessionStorage);
const clock = new ServerClock();
const connection = new Connection(openStream);
const entrance = new Entrance({ rest, session, clock, connection });

connection.addEventListener("slept", () => {
  clock.doubt();
  entrance.systemInfo().catch(() => {}); // the connection finds out whether it is there
});
for (const type of ["online", "pageshow"]) {
  window.addEventListener(type, () => connection.check());
}
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    connection.check();
  }
});

/** @param {string} [reason] Why one has to sign in, when it is not the first time. */
function showSignIn(reason = "") {
  const page = new SignIn();
  page.reason = reason;
  page.signIn = async (credentials) => showDesk(await entrance.signIn(credentials));
  page.config = () => rest.get("/desktop/api/DesktopConfig");
  fill(document.body, page);
  preload().catch(() => {}); // it is loaded while somebody types
}

/** @param {string} reason Of the sign-out; empty for none. */
function showSignedOut(reason) {
  const page = new SignedOut();
  page.reason = reason;
  page.again = () => showSignIn();
  fill(document.body, page);
}

/**
 * Go to the other node, which signs nobody in who does not come from here.
 *
 * @param {Desk} desk
 * @param {string} origin
 */
function carryOver(desk, origin) {
  const { loginId, secret } = session;
  const isReady = desk.chosen === "READY" && !["WORK", "WORK_READY", "NOT_READY"].includes(desk.me.state);
  const carried = handedOver({ loginId, secret, extension: desk.me.extension, isReady });
  h("a", { href: `${origin}${DESKTOP}${location.search}${carried}`, referrerPolicy: "origin" }).click();
}

/**
 * @param {Desk} desk
 * @param {AbortSignal} signal
 */
async function watchNodes(desk, signal) {
  const other = await entrance.other().catch(() => "");
  new FailoverWatch({ desk, connection, other, leave: (origin) => carryOver(desk, origin), signal });
}

/**
 * What the other node hands over; it is believed only from there, so that nobody is signed in as somebody else by a link.
 *
 * @param {import("./core/session.js").Carried | null} found In our address.
 */
async function handed(found) {
  if (found && document.referrer && (await entrance.other()) === new URL(document.referrer).origin) {
    session.take(found.loginId, found.secret);
    return found;
  }
  return {};
}

/** @param {Desk} desk */
function showDesk(desk) {
  const leaving = new AbortController();
  const { signal } = leaving;
  const leave = async (/** @type {() => void} */ show) => {
    if (!signal.aborted) {
      leaving.abort();
      await entrance.leave();
      show();
    }
  };
  desk.addEventListener("signedout", () => leave(() => showSignIn(say("shell.again"))), { signal });
  const followed = () => desk.me.state === "LOGOUT" && leave(() => showSignedOut(reasonLabel(desk.me)));
  desk.addEventListener("me", followed, { signal });
  desk.signOut = async (reasonCodeId) => {
    const path = `/finesse/api/User/${encodeURIComponent(desk.me.loginId)}`;
    await desk.act("PUT", path, { state: "LOGOUT", ...(reasonCodeId && { reasonCodeId }) });
  };
  attend(desk, signal);
  const shell = new DeskShell();
  shell.desk = desk;
  watchNodes(desk, signal);
  const page = new DeskPage();
  page.desk = desk;
  page.header = shell.header;
  shell.main.append(page);
  history.replaceState(null, "", DESKTOP + location.search + location.hash);
  fill(document.body, shell, document.createElement("page-notices"));
  shell.main.before(new AttentionAsk());
}

/** Go on where a reload has left off; the server may be away just now. */
async function begin() {
  const found = takenOver(location.hash);
  if (found) {
    history.replaceState(null, "", location.pathname + location.search);
  }
  let carried = null;
  for (let attempt = 0; ; attempt += 1) {
    try {
      carried ??= await handed(found);
      const desk = await entrance.resume(carried);
      if (desk) {
        showDesk(desk);
      } else {
        showSignIn();
      }
      return;
    } catch (error) {
      const reason = error instanceof RefusedError && error.status === 503 ? say("shell.outOfService") : say("shell.unreachable");
      document.title = say("shell.title");
      fill(document.body, h("main", { class: "waiting" }, h("p", { role: "status" }, reason)));
      await new Promise((resolve) => setTimeout(resolve, pauseMs(attempt, Math.random())));
    }
  }
}

await begin();
