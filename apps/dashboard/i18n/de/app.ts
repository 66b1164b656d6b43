import type { Messages } from "../en/index.ts";

export const app: Messages["app"] = {
  skip: "Zum Inhalt",
  navigation: "Hauptnavigation",
  menu: "Menü",
  groups: { operate: "Betreiben", automate: "Automatisieren", manage: "Verwalten", observe: "Beobachten" },
  pages: {
    platform: "Plattform",
    workflows: "Workflows",
    notifications: "Benachrichtigungen",
    hooks: "Hooks",
    approvals: "Freigaben",
    locks: "Sperren",
    secrets: "Geheimnisse",
    accounts: "Konten",
    tokens: "API-Token",
    servers: "Server",
    run: "Ausführen",
    actions: "Aktionen",
    history: "Verlauf",
    audit: "Audit-Log",
    reports: "Berichte",
    schedules: "Zeitpläne",
  },
  theme: "Farbschema",
  themes: { system: "System", light: "Hell", dark: "Dunkel" },
  signOut: "Abmelden",
};
