/** Texts of the parts that every page is made of. */
export const ui = {
  close: "Close",
  cancel: "Cancel",
  more: "Show more",
  loading: "Loading",
  optional: "optional",
  dismiss: "Dismiss",
  notices: "Notices",
  typeCount: (count: number) => `Type ${count} to confirm`,
  wrongCount: (count: number) => `That is not ${count}.`,
  offline: "You are offline",
  offlineFix: "Nothing is sent and nothing is kept for later. Try again when you are connected.",
};
