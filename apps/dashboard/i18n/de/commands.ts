import type { Messages } from "../en/index.ts";

export const commands: Messages["commands"] = {
  title: "Gehe zu …",
  search: "Seite, Server, Ausführung oder Einstellung",
  none: "Nichts passt",
  page: "Seite",
  server: "Server",
  execution: "Ausführung",
  setting: "Einstellung",
  shortcuts: "Tastenkürzel",
  goSearch: "Auf dieser Seite suchen",
  letters: "Einzelne Buchstaben sind Kürzel",
};
