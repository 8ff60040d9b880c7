// cisco-axl, with the vendor's WSDL of any version that it brings.
//
// Options: host, port; user and password.

import axlService from "cisco-axl";
import { obey, options, tell } from "../lines.mjs";

/** What fails in there fails in a callback of a socket, where nobody can catch it. */
process.on("uncaughtException", (error) => tell("failed", { message: String(error) }));

function service({ version = "15.0", user = options.user, password = options.password }) {
  const found = new axlService(options.host, user, password, version);
  found._OPTIONS.endpoint = `https://${options.host}:${options.port}/axl/`; // its own has port 8443
  return found;
}

obey({
  /** Carry out an operation. */
  async execute({ operation, tags, clean = true, ...more }) {
    try {
      const result = await service(more).executeOperation(operation, tags, { clean });
      tell("done", { operation, result });
    } catch (error) {
      tell("refused", { operation, fault: error?.detail?.axlError ?? null, text: error?.faultstring ?? String(error) });
    }
  },
  /** What it would send for an operation. */
  async tags({ operation, ...more }) {
    tell("tags", { tags: await service(more).getOperationTags(operation) });
  },
});

tell("loaded");
