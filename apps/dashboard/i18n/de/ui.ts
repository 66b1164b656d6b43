import type { Messages } from "../en/index.ts";

export const ui: Messages["ui"] = {
  close: "Schließen",
  from: "Von",
  to: "Bis einschließlich",
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
  offlineWhat: "Nichts kann gestartet oder geändert werden, und nichts wird für später aufgehoben.",
  asOf: "Was hier steht, ist der Stand von",
  offlineFix: "Nichts wird gesendet, und nichts für später aufgehoben. Versuche es wieder, wenn du verbunden bist.",
};
