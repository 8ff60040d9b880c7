/* The page that says of each documented member whether this finesse.js has it: the script itself is looked at. */
"use strict";

(async () => {
  /** Whether a class or an object of that name has the member; a class also has what it gives its objects. */
  const has = (path, member) => {
    const found = path.split(".").reduce((above, name) => above?.[name], window);
    return found !== undefined && (member in found || (typeof found === "function" && member in found.prototype));
  };

  const cell = (text, isMissing = false) => {
    const made = document.createElement("td");
    made.textContent = text;
    made.className = isMissing ? "missing" : "";
    return made;
  };

  const documented = await (await fetch("api.json")).json();
  let [present, all] = [0, 0];
  for (const [path, members] of Object.entries(documented)) {
    const names = Object.keys(members);
    const there = names.filter((name) => has(path, name));
    present += there.length;
    all += names.length;
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = path;
    const missing = names.filter((name) => !there.includes(name));
    row.append(head, cell(there.join(", ") || "nothing"), cell(missing.join(", ") || "nothing", missing.length > 0));
    document.getElementById("rows").append(row);
  }
  document.getElementById("sum").textContent = `${present} of ${all} documented members are present.`;
})();
