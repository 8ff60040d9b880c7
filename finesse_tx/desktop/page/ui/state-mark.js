/** The shapes of states: who does not see their colours tells them apart by these. */
import { kindOf } from "../core/agent-states.js";

const SVG = "http://www.w3.org/2000/svg";

/** What is drawn in white on the state's colour, 16 by 16, by kind. @type {Record<import("../core/agent-states.js").Kind, string>} */
const PATHS = {
  ready: "M4.500 8.500l2.500 2.500 4.500-5.500",
  "not-ready": "M4.500 8h7",
  talking: "M4 6.500v3M8 4.500v7M12 6.500v3",
  hold: "M6 5v6M10 5v6",
  reserved: "M5 10.500V8a3 3 0 0 1 6 0v2.500M4 10.500h8M7.500 12.500h1",
  "wrap-up": "M5 11l.500-2 4.500-4.500 1.500 1.500L7 10.500 5 11",
  "signed-out": "M8 4.500v3.500M5.500 6a3.500 3.500 0 1 0 5 0",
  unknown: "M6.200 6.500a1.800 1.800 0 1 1 2.600 1.600c-.6.3-.8.6-.8 1.200M8 11.500h.010",
};

/**
 * A state's mark; what it stands for is written beside it.
 *
 * @param {string} state Of an agent, such as `NOT_READY`.
 * @returns {SVGSVGElement}
 */
export function stateMark(state) {
  const kind = kindOf(state);
  const mark = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", class: "state-mark", "data-kind": kind, "aria-hidden": "true" })) {
    mark.setAttribute(name, value);
  }
  const ground = document.createElementNS(SVG, "circle");
  for (const name of ["cx", "cy", "r"]) {
    ground.setAttribute(name, "8");
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[kind]);
  mark.append(ground, path);
  return mark;
}
