import type { Messages } from "../en/index.ts";

export const secrets: Messages["secrets"] = {
  title: "Geheimnisse",
  about:
    "Wonach Aktionen, Hooks und Kanäle mit seinem Namen fragen dürfen. Werte liegen versiegelt, und niemand bekommt je einen zu sehen.",
  create: "Neues Geheimnis",
  none: "Kein Geheimnis",
  noneFix: "Lege eines an, und lass eine Aktion mit einem Parameter vom Typ secret danach fragen.",
  where: "Wo es ist",
  types: {
    value: "Hier versiegelt",
    environment: "Eine Variable des Orchestrators",
    file: "Eine Datei beim Orchestrator",
  },
  place: (source) => {
    switch (source.type) {
      case "value":
        return "hier versiegelt";
      case "environment":
        return `Variable ${source.variable}`;
      case "file":
        return `Datei ${source.path}`;
    }
  },
  uses: "Gebraucht von",
  unused: "nichts",
  hook: (name) => `Hook ${name}`,
  channel: (name) => `Kanal ${name}`,
  changed: "Geändert",
  value: "Wert",
  valueHint: "4 Zeichen oder mehr. Er wird nicht wieder gezeigt.",
  variable: "Variable",
  variableHint: "Eine von denen in HOMESLICE_SECRET_VARIABLES.",
  path: "Datei",
  pathHint: "In HOMESLICE_SECRET_DIR, zum Beispiel database/password.",
  replace: "Ersetzen",
  replaceOf: (name) => `${name} ersetzen`,
  deleteConsequence: "Was danach fragt, wird ab jetzt abgelehnt.",
  reseal: "Neu versiegeln",
  resealHint:
    "Alles, was mit einem älteren Schlüssel versiegelt ist, wird es mit dem neuesten. Dann kann der ältere gehen.",
  resealed: (count) => `${count} ${count === 1 ? "Wert wurde" : "Werte wurden"} neu versiegelt`,
};
