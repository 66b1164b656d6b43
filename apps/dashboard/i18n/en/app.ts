export const app = {
  skip: "Skip to content",
  navigation: "Main",
  menu: "Menu",
  groups: { operate: "Operate", automate: "Automate", manage: "Manage", observe: "Observe" },
  pages: {
    locks: "Locks",
    secrets: "Secrets",
    accounts: "Accounts",
    tokens: "API tokens",
    servers: "Servers",
    run: "Run",
    history: "History",
    schedules: "Schedules",
  },
  theme: "Theme",
  themes: { system: "System", light: "Light", dark: "Dark" },
  signOut: "Sign out",
};
