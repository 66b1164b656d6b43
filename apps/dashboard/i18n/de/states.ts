import type { Messages } from "../en/index.ts";

export const states: Messages["states"] = {
  idle: "Bereit",
  busy: "Beschäftigt",
  maintenance: "Wartung",
  error: "Fehler",
  unreachable: "Nicht erreichbar",
  queued: "Wartet",
  dispatched: "Gesendet",
  acknowledged: "Angenommen",
  running: "Läuft",
  succeeded: "Erfolgreich",
  failed: "Fehlgeschlagen",
  timed_out: "Zeit abgelaufen",
  cancelled: "Abgebrochen",
  lost: "Verloren",
  expired: "Abgelaufen",
};
