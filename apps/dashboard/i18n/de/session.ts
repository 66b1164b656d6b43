import type { Messages } from "../en/index.ts";

export const session: Messages["session"] = {
  title: "Bei Homeslice anmelden",
  byProvider: "Über die Organisation anmelden",
  inTab: "Das geschieht in einem eigenen Tab. Komm danach hierher zurück: was du ausgefüllt hast, ist noch da.",
  username: "Benutzername",
  password: "Passwort",
  enter: "Anmelden",
  help: "Noch kein Konto? Ein Admin legt eines an; auf dem eigenen Rechner sagt ./homeslice up, wie.",
  loggedInAs: (name, role) => `${name} (${role})`,
};
