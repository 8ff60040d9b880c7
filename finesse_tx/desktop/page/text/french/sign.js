/** Signing in and out, states, languages, keys: in French. */

/** @type {import("../../../../browser/core/text.js").Catalogue} */
export const SIGN = {
  "sign.state.LOGOUT": "Déconnecté",
  "sign.state.NOT_READY": "Non prêt",
  "sign.state.READY": "Prêt",
  "sign.state.RESERVED": "Réservé",
  "sign.state.RESERVED_OUTBOUND": "Réservé pour un appel sortant",
  "sign.state.RESERVED_OUTBOUND_PREVIEW": "Aperçu d’appel sortant",
  "sign.state.TALKING": "En conversation",
  "sign.state.HOLD": "En attente",
  "sign.state.WORK": "Post-appel",
  "sign.state.WORK_READY": "Post-appel, puis prêt",
  "sign.state.INTERRUPTED": "Interrompu",
  "sign.state.UNKNOWN": "État inconnu",
  "sign.statePending": "{state} → {pending} (prévu)",
  "sign.stateReason": "{state} : {reason}",
  "sign.why.wrapUp": "Choisissez d’abord un motif de post-appel.",
  "sign.why.inCall": "Votre téléphone est en ligne. Terminez d’abord l’appel.",
  "sign.whyNot.inCall": "Vous ne pouvez pas vous déconnecter pendant un appel. Terminez-le d’abord.",
  "sign.whyNot.wrapUp": "Terminez d’abord le post-appel : choisissez Prêt ou Non prêt.",
  "sign.whyNot.ready": "Vous pouvez vous déconnecter quand vous êtes Non prêt.",
  "sign.whyNot.reserved": "Un appel vous est destiné. Vous pourrez vous déconnecter ensuite.",
  "sign.whyNot.pending": "Vous serez déconnecté à la fin de cet appel.",
};
