/** Texts of starting something on servers. */
export const run = {
  command: "Command",
  commandHint: "A program and its arguments. Quotes keep words together; no shell sees them: no pipes, no variables.",
  openQuote: "A quote is not closed.",
  words: "Words of the command",
  runOn: (hostname: string) => `Run on ${hostname}`,
};
