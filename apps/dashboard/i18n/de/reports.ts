import type { Messages } from "../en/index.ts";

export const reports: Messages["reports"] = {
  title: "Berichte",
  intro: "Als Dateien, über die gewählten Tage; ohne Auswahl über die letzten 30 Tage.",
  kinds: {
    executions: {
      title: "Wer was wo ausgeführt hat",
      what: "Jede Ausführung, mit wer sie gestartet hat und wie sie ausging.",
    },
    workflows: { title: "Läufe von Workflows", what: "Jeder Lauf und seine Schritte, mit wer an den Toren entschied." },
    access: { title: "Wer was darf", what: "Konten und Tokens, ihre Rollen, und wann sie zuletzt benutzt wurden." },
    refusals: { title: "Verweigerte Versuche", what: "Was jemand versucht hat und nicht durfte." },
    changes: { title: "Änderungen", what: "Was sich daran geändert hat, was laufen und wer es ausführen darf." },
    evidence: {
      title: "Nachweis des Audit-Logs",
      what: "Ob die Kette der Hashes unversehrt ist, und ihr neuestes Glied.",
    },
  },
};
