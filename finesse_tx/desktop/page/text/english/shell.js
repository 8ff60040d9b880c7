/** @type {import("../../../../browser/core/text.js").Catalogue} */
export const SHELL = {
  "shell.title": "Desktop",
  "shell.skip": "Skip to the content",
  "shell.again": "Please sign in again: the server does not know this session any more.",
  "shell.outOfService": "The system is out of service. Trying again…",
  "shell.unreachable": "The server cannot be reached. Trying again…",
  "shell.failing": "The connection is lost. Reconnecting…",
  "shell.callGoesOn": "Your call goes on at the phone.",
  "shell.recovered": "Connected again.",
  "shell.conflict": "This desktop is open in another window.",
  "shell.useHere": "Use it here instead",
};
