import type { Messages } from "../en/index.ts";

export const forms: Messages["forms"] = {
  faults: "Einige Felder brauchen einen anderen Wert; jedes sagt, welchen.",
  save: "Speichern",
  create: "Anlegen",
  edit: "Bearbeiten",
  delete: "Löschen",
  actions: "Aktionen",
  name: "Name",
  description: "Beschreibung",
  saved: "Gespeichert",
  editOf: (name) => `${name} bearbeiten`,
  deleteOf: (name) => `${name} löschen`,
  deletedOf: (name) => `${name} ist gelöscht`,
  kept: "Ich habe es aufgehoben",
  reason: "Grund",
  reasonHint: "Das Audit-Log behält ihn.",
  yes: "Ja",
  no: "Nein",
  onlyReading: "Du darfst das ansehen, aber nicht ändern.",
};
