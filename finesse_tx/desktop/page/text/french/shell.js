/** @type {import("../../../../browser/core/text.js").Catalogue} */
export const SHELL = {
  "shell.title": "Bureau",
  "shell.skip": "Aller au contenu",
  "shell.again": "Veuillez vous reconnecter : le serveur ne reconnaît plus cette session.",
  "shell.outOfService": "Le système est hors service. Nouvelle tentative…",
  "shell.unreachable": "Le serveur est injoignable. Nouvelle tentative…",
  "shell.failing": "La connexion est interrompue. Reconnexion en cours…",
  "shell.callGoesOn": "Votre appel se poursuit au téléphone.",
  "shell.recovered": "Connexion rétablie.",
  "shell.conflict": "Ce bureau est ouvert dans une autre fenêtre.",
  "shell.useHere": "L’utiliser ici",
};
