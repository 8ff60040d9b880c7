/** Small pictures for the buttons of calls; what they mean is said beside them. */

const SVG = "http://www.w3.org/2000/svg";

const HANDSET =
  "M6.6 3.5 9 3l2 5-2.2 1.6a12 12 0 0 0 5.6 5.6L16 13l5 2-.5 2.4a3.5 3.5 0 0 1-3.8 2.6A16.5 16.5 0 0 1 4 7.3a3.5 3.5 0 0 1 2.6-3.8Z";

/** By action, what is drawn on 24 by 24. @type {Record<string, string>} */
const PATHS = {
  ANSWER: HANDSET,
  ACCEPT: HANDSET,
  DIAL: HANDSET,
  DROP: "M3.5 14.5v-2C3.5 9.5 7.5 8 12 8s8.500 1.500 8.500 4.500v2l-4.500 1v-3a14 14 0 0 0-8 0v3Z",
  REJECT: "M6 6l12 12M18 6 6 18",
  CLOSE: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM6 6l12 12",
  HOLD: "M9 5v14M15 5v14",
  RETRIEVE: "M8 5v14l11-7Z",
  CONSULT_CALL: "M4 5h11v8H9l-4 3v-3H4ZM18 9h2v8h-1v3l-4-3h-4",
  TRANSFER: "M4 12h14M13 7l5 5-5 5M20 5v14",
  TRANSFER_SST: "M4 12h15M14 7l5 5-5 5",
  CONFERENCE:
    "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.500 19c0-3.500 2.500-5.500 5.500-5.500s5.500 2 5.500 5.500ZM16 11a2.500 2.500 0 1 0 0-5M16 13.500c3 0 5.500 2 5.500 5.500h-4",
  SEND_DTMF: "M6 6h.01M12 6h.01M18 6h.01M6 12h.01M12 12h.01M18 12h.01M6 18h.01M12 18h.01M18 18h.01",
  START_RECORDING: "M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12Z",
  RECLASSIFY: "M4 5h9l7 7-8 8-8-8ZM8.500 9.500h.01",
  UPDATE_SCHEDULED_CALLBACK: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM12 8v4l3 2",
  CANCEL_SCHEDULED_CALLBACK: "M6 6l12 12M18 6 6 18",
  BARGE_CALL: "M4 12h9M9 8l4 4-4 4M15 5h5v14h-5",
  in: "M18 6 7 17M7 9v8h8",
  out: "M6 18 17 7M9 7h8v8",
};

/** What is drawn with dots, and needs a thicker pen. */
const DOTS = new Set(["SEND_DTMF"]);

/**
 * A picture.
 *
 * @param {string} name An action, `DIAL`, `in` or `out`.
 * @returns {SVGSVGElement | null} Null for what has none.
 */
export function icon(name) {
  const path = PATHS[name];
  if (!path) {
    return null;
  }
  const svg = document.createElementNS(SVG, "svg");
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" })) {
    svg.setAttribute(key, value);
  }
  svg.classList.toggle("dots", DOTS.has(name));
  return svg;
}
