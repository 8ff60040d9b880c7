/** What an agent says of a campaign's customer: what the line was, and when to call again. Spec: rest.md §5.1; desktop.md §13. */
import { say } from "../../../browser/core/text.js";
import { askFor } from "../../../browser/ui/entry-dialog.js";
import { RefusedError } from "../../../browser/core/rest.js";

/** @typedef {import("../core/dialog-rules.js").Dialog} Dialog */
/** @typedef {(action: string, more: Record<string, unknown>) => Promise<unknown>} Act */

const CLASSIFICATIONS = ["VOICE", "ANS_MACHINE", "FAX", "BUSY", "INVALID", "DO_NOT_CALL"];

/**
 * @param {Record<string, string>} values
 */
function params(values) {
  return { actionParams: Object.entries(values).map(([name, value]) => ({ name, value })) };
}

/**
 * Ask what the customer's line was.
 *
 * @param {Dialog} dialog
 * @param {Act} act
 */
export function reclassify(dialog, act) {
  return askFor({
    title: say("calls.reclassify.title"),
    action: say("calls.do.RECLASSIFY"),
    fields: [
      {
        key: "outboundClassification",
        label: say("calls.reclassify.kind"),
        kind: "select",
        choices: CLASSIFICATIONS.map((one) => [one, say(`calls.reclassify.${one}`)]),
      },
    ],
    values: { outboundClassification: dialog.mediaProperties.outboundClassification || "VOICE" },
    save: ({ outboundClassification }) => act("RECLASSIFY", params({ outboundClassification: String(outboundClassification) })),
  });
}

/**
 * Ask when to call again, and where.
 *
 * @param {Dialog} dialog
 * @param {Act} act
 */
export function scheduleCallback(dialog, act) {
  const { callbackTime = "", callbackNumber = "" } = dialog.scheduledCallbackInfo ?? {};
  const [date = "", time = ""] = callbackTime.split("T");
  return askFor({
    title: say("calls.callback.title"),
    action: say("calls.callback.save"),
    fields: [
      { key: "date", label: say("calls.callback.date"), kind: "date", isRequired: true },
      { key: "time", label: say("calls.callback.time"), kind: "time", isRequired: true, hint: say("calls.callback.hint") },
      { key: "number", label: say("calls.callback.number"), kind: "tel", maxLength: 31, hint: say("calls.callback.numberHint") },
    ],
    values: { date, time, number: callbackNumber },
    save: async ({ date: day, time: hour, number }) => {
      // The customer's clock may be half a day before ours, never more than a day.
      if (Date.parse(`${day}T${hour}`) < Date.now() - 86_400_000) {
        throw new RefusedError(400, "", "date", say("calls.callback.past"));
      }
      const where = String(number ?? "").replaceAll(/[^0-9*#+]/g, "");
      await act("UPDATE_SCHEDULED_CALLBACK", params({ callbackTime: `${day}T${hour}`, ...(where && { callbackNumber: where }) }));
    },
  });
}
