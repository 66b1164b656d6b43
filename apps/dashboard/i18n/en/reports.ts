/** Texts of the reports. */
export const reports = {
  title: "Reports",
  intro: "As files, over the days you choose; without any, over the last 30 days.",
  kinds: {
    executions: { title: "Who ran what where", what: "Every execution, with who started it and how it ended." },
    workflows: { title: "Runs of workflows", what: "Every run and its steps, with who decided at its gates." },
    access: { title: "Who may do what", what: "Accounts and tokens, their roles, and when they were last used." },
    refusals: { title: "Refused attempts", what: "What somebody tried and was not allowed to do." },
    changes: { title: "Changes", what: "What was changed of what may run, and of who may run it." },
    evidence: {
      title: "Evidence of the audit log",
      what: "Whether the chain of hashes is intact, and its newest link.",
    },
  },
};
