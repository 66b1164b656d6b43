import type { Messages } from "../en/index.ts";

export const ui: Messages["ui"] = {
  close: "Schließen",
  cancel: "Abbrechen",
  copy: "Kopieren",
  copied: "Kopiert",
  notCopied: "Der Browser lässt diese Seite nicht kopieren: wähle den Text aus.",
  more: "Mehr zeigen",
  loading: "Lädt",
  optional: "freiwillig",
  dismiss: "Ausblenden",
  notices: "Hinweise",
  table: (name) => `Tabelle: ${name}`,
  typeCount: (count) => `Gib ${count} ein, um zu bestätigen`,
  wrongCount: (count) => `Das ist nicht ${count}.`,
  offline: "Du bist offline",
  offlineFix: "Nichts wird gesendet, und nichts für später aufgehoben. Versuche es wieder, wenn du verbunden bist.",
};
