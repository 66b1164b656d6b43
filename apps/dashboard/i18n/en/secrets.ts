import type { Secret } from "@homeslice/protocol/secrets.ts";

export const secrets = {
  title: "Secrets",
  about:
    "What actions, hooks and channels may ask for by its name. Values are stored sealed, and nobody is ever shown one.",
  create: "New secret",
  none: "No secret",
  noneFix: "Create one, and let an action ask for it by a parameter of the type secret.",
  where: "Where it is",
  types: {
    value: "Sealed here",
    environment: "A variable of the orchestrator",
    file: "A file beside the orchestrator",
  },
  place: (source: Secret["source"]) => {
    switch (source.type) {
      case "value":
        return "sealed here";
      case "environment":
        return `variable ${source.variable}`;
      case "file":
        return `file ${source.path}`;
    }
  },
  uses: "Asked for by",
  unused: "nothing",
  hook: (name: string) => `hook ${name}`,
  channel: (name: string) => `channel ${name}`,
  changed: "Changed",
  value: "Value",
  valueHint: "4 characters or more. It is not shown again.",
  variable: "Variable",
  variableHint: "One of those in HOMESLICE_SECRET_VARIABLES.",
  path: "File",
  pathHint: "Inside of HOMESLICE_SECRET_DIR, such as database/password.",
  replace: "Replace",
  replaceOf: (name: string) => `Replace ${name}`,
  deleteConsequence: "What asks for it is refused from now on.",
  reseal: "Seal anew",
  resealHint: "Everything that is sealed with an older key is sealed with the newest one. Then the older key can go.",
  resealed: (count: number) => `${count} ${count === 1 ? "value was" : "values were"} sealed anew`,
};
