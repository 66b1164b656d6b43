export const errors = {
  title: "This did not work",
  retry: "Try again",
  unreachable: "The orchestrator does not answer.",
  unreachableFix: "Check that it runs and that you are connected.",
  notFound: "There is nothing at this address",
  notFoundFix: "It may have been deleted, or you may not see it.",
  home: "Go to the servers",
};
