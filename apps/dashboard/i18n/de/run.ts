import type { Messages } from "../en/index.ts";

export const run: Messages["run"] = {
  command: "Befehl",
  commandHint:
    "Ein Programm und seine Argumente. Anführungszeichen halten Wörter zusammen; keine Shell sieht sie: keine Pipes, keine Variablen.",
  openQuote: "Ein Anführungszeichen ist nicht geschlossen.",
  words: "Wörter des Befehls",
  runOn: (hostname) => `Auf ${hostname} ausführen`,
};
