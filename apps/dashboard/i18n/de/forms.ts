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
  deleteOf: (name) => `${name} löschen`,
  deletedOf: (name) => `${name} ist gelöscht`,
  copy: "Kopieren",
  copied: "Kopiert",
  yes: "Ja",
  no: "Nein",
  none: "Keine",
  onlyReading: "Du darfst das ansehen, aber nicht ändern.",
};
