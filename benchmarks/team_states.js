/** A page for `team_states.py`: the desktop's own elements, and a connection that makes up what happens. */
import { Desk } from "/finesse_tx/desktop/page/core/desk.js";
import { choose, use } from "/finesse_tx/desktop/page/core/locale.js";
import { ServerClock } from "/finesse_tx/desktop/page/core/server-clock.js";
import "/finesse_tx/desktop/page/ui/team-performance.js";

const STATES = ["READY", "RESERVED", "TALKING", "HOLD", "WORK", "NOT_READY"];
const TEAM = "/finesse/api/Team/1/Users";

const user = (number, state) => ({
  uri: `/finesse/api/User/${number}`,
  loginId: String(number),
  firstName: `Agent ${number % 97}`,
  lastName: `Number ${number}`,
  extension: String(20_000 + number),
  mediaType: "1",
  pendingState: "",
  state,
  stateChangeTime: new Date().toISOString(),
});

function xml(one) {
  const inner = Object.entries(one).map(([name, value]) => `    <${name}>${value}</${name}>`);
  return `<Update>\n  <data>\n    <user>\n${inner.join("\n")}\n    </user>\n  </data>\n  <event>PUT</event>\n  <requestId></requestId>\n  <source>${one.uri}</source>\n</Update>`;
}

/** Events as the server sends them, out of nothing. */
class Connection extends EventTarget {
  status = "connected";
  resource = "bench";
  async subscribe() {}
  async unsubscribe() {}
  send(node, content) {
    this.dispatchEvent(new CustomEvent("event", { detail: { node, content } }));
  }
}

/** The server: a team. */
class Rest extends EventTarget {
  constructor(agents) {
    super();
    this.users = Array.from({ length: agents }, (_, number) => user(number, STATES[number % STATES.length]));
  }
  async ask(_method, path) {
    return path.includes("/Team/") ? { users: this.users } : { deploymentType: "UCCX" };
  }
}

const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));

/** Draw a team, and let its states change for a while; what it took. Without `isShown` the events are only read. */
window.measure = async ({ agents, rate, seconds, isShown }) => {
  await use(choose({ asked: "en_US" }));
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
  observer.observe({ type: "longtask" });
  const connection = new Connection();
  const me = { loginId: "boss", roles: ["Supervisor"], state: "NOT_READY", extension: "1", uri: "", dialogs: "", teamId: "1", teams: [{ id: 1, name: "One" }] };
  const desk = new Desk({ rest: new Rest(agents), clock: new ServerClock(), connection, me });
  let drawnMs = 0;
  if (isShown) {
    const begun = performance.now();
    const element = document.createElement("team-performance");
    element.desk = desk;
    document.querySelector("main").append(element);
    while (element.querySelectorAll(".body .row").length < agents) {
      await frame();
    }
    await frame();
    drawnMs = performance.now() - begun;
    element.querySelector(".c-state button").click(); // the order in which a changed state moves its row
    await frame();
  } else {
    await desk.watch(TEAM, () => {}, new AbortController().signal);
  }
  await new Promise((later) => setTimeout(later, 200));
  tasks.length = 0;
  let sent = 0;
  let lastDrawn = performance.now();
  let longestFrameMs = 0;
  const begun = performance.now();
  window.begun();
  for (let now = begun; sent < seconds * rate; now = performance.now()) {
    for (const due = Math.min(now - begun, seconds * 1000) * (rate / 1000); sent < due; sent += 1) {
      const number = (sent * 7919) % agents;
      connection.send(TEAM, xml(user(number, STATES[(number + sent) % STATES.length])));
    }
    await frame();
    longestFrameMs = Math.max(longestFrameMs, performance.now() - lastDrawn);
    lastDrawn = performance.now();
  }
  observer.disconnect();
  return { lastedS: (lastDrawn - begun) / 1000, sent, drawnMs, longestFrameMs, longestTaskMs: Math.max(0, ...tasks), longTasks: tasks.length };
};
