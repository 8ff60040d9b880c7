/**
 * The objects of an agent's day as REST's JSON has them, for who reads them: types, and nothing that runs.
 *
 * Spec: `rest.md` §2.1, §4.1.
 */

/** @typedef {{ uri: string, id: number, category: string, code: number, label: string, forAll: boolean, systemCode: boolean }} ReasonCode */

/**
 * @typedef {{
 *   dialogs: string, extension: string, firstName: string, lastName: string, loginId: string, loginName: string,
 *   mediaType: string, pendingState: string, reasonCode?: ReasonCode, reasonCodeId?: string, roles: string[],
 *   settings: { wrapUpOnIncoming: string, wrapUpOnOutgoing?: string }, state: string, stateChangeTime: string,
 *   teamId: string, teamName: string, teams?: { id: number, name: string, uri: string }[], uri: string, wrapUpTimer: number,
 * }} User
 */

/**
 * @typedef {{
 *   actions: string[], mediaAddress: string, mediaAddressType: string, startTime: string, state: string, stateCause: string,
 *   stateChangeTime: string,
 * }} Participant
 */

/**
 * @typedef {{
 *   DNIS: string, callType: string, dialedNumber: string, mediaId: string, outboundClassification: string,
 *   queueName?: string, queueNumber?: string, wrapUpItems?: string[], wrapUpReason?: string,
 *   callvariables: { CallVariable: { name: string, value: string }[] },
 * }} MediaProperties
 */

/**
 * @typedef {{
 *   associatedDialogUri: string, fromAddress: string, id: string, mediaProperties: MediaProperties, mediaType: string,
 *   participants: Participant[], scheduledCallbackInfo?: { callbackNumber: string, callbackTime: string },
 *   secondaryId?: string, state: string, toAddress: string, uri: string,
 * }} Dialog
 */

export {};
