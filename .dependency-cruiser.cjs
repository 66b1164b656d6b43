// Which room may import from which (docs/architecture.md): anything not named here is refused.
const rooms = {
  config: [],
  "providers/plugin": [],
  "providers/tunnel": ["config"],
  "providers/homeslice": ["config", "providers/plugin", "providers/tunnel", "apps/protocol"],
  components: ["config", "providers/homeslice", "providers/tunnel"],
  stacks: ["config", "components", "providers/tunnel"],
  policies: [],
  "apps/protocol": [],
  "apps/orchestrator": ["apps/protocol"],
  "apps/agent": ["apps/protocol"],
  "apps/dashboard": ["apps/protocol"],
  cli: ["config", "components", "stacks", "providers", "apps/protocol", "apps/orchestrator", "apps/agent"],
};

const outside = (room, allowed) => ({
  name: `${room.replace("/", "-")}-imports-one-way`,
  comment: `${room} may import only from itself${allowed.length ? ` and ${allowed.join(", ")}` : ""} among the rooms of this repository`,
  severity: "error",
  from: { path: `^${room}/` },
  to: {
    path: `^(config|components|stacks|providers|policies|apps|cli|tests|index\\.ts)`,
    pathNot: [room, ...allowed].map((name) => `^${name}/`),
  },
});

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => outside(room, allowed)),
    {
      name: "program-imports-one-way",
      severity: "error",
      from: { path: "^index\\.ts$" },
      to: { path: "^(components|apps|cli|tests)/" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules|/dist/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
