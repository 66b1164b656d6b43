export const session = {
  title: "Log in to Homeslice",
  byProvider: "Log in with your organisation",
  username: "User name",
  password: "Password",
  enter: "Log in",
  help: "No account yet? An admin makes one; on your own machine, ./homeslice up says how.",
  loggedInAs: (name: string, role: string) => `${name} (${role})`,
};
