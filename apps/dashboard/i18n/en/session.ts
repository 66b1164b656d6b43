export const session = {
  title: "Log in to Homeslice",
  byProvider: "Log in with your organisation",
  inTab: "It opens in a tab of its own. Come back to this one afterwards: what you filled in is still here.",
  username: "User name",
  password: "Password",
  enter: "Log in",
  help: "No account yet? An admin makes one; on your own machine, ./homeslice up says how.",
  loggedInAs: (name: string, role: string) => `${name} (${role})`,
};
