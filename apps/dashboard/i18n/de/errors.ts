import type { Messages } from "../en/index.ts";

export const errors: Messages["errors"] = {
  title: "Das hat nicht geklappt",
  retry: "Noch einmal versuchen",
  unreachable: "Der Orchestrator antwortet nicht.",
  unreachableFix: "Prüfe, ob er läuft und ob du verbunden bist.",
  notFound: "Unter dieser Adresse ist nichts",
  notFoundFix: "Vielleicht wurde es gelöscht, oder du darfst es nicht sehen.",
  home: "Zu den Servern",
};
