/** Texts of the parts that every page is made of. */
export const ui = {
  close: "Close",
  from: "From",
  to: "Up to and including",
  cancel: "Cancel",
  copy: "Copy",
  copied: "Copied",
  notCopied: "The browser does not let this page copy: select the text.",
  more: "Show more",
  loading: "Loading",
  optional: "optional",
  dismiss: "Dismiss",
  notices: "Notices",
  /** The box that a table scrolls in; the table itself has the name alone. */
  table: (name: string) => `Table: ${name}`,
  typeCount: (count: number) => `Type ${count} to confirm`,
  wrongCount: (count: number) => `That is not ${count}.`,
  offline: "You are offline",
  offlineWhat: "Nothing can be started or changed, and nothing is kept for later.",
  asOf: "What is shown is from",
  offlineFix: "Nothing is sent and nothing is kept for later. Try again when you are connected.",
};
