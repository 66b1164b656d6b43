import { join } from "node:path";
import { BUILT, NODE_FLAGS, programIn } from "./program.ts";

/** Where the agent of a server outside the cluster has its files. */
export const paths = {
  unit: "/etc/systemd/system/homeslice-agent.service",
  settings: "/etc/homeslice",
  config: "/etc/homeslice/agent.yaml",
  policy: "/etc/homeslice/policy.yaml",
  token: "/etc/homeslice/enrolment-token",
  secrets: "/etc/homeslice/secrets",
  state: "/var/lib/homeslice",
} as const;

export interface Installation {
  readonly url: string;
  /** Name under which the server is shown; undefined: its host name. */
  readonly name: string | undefined;
  readonly user: string;
  /** The Node that runs the agent, and the checkout that the agent is in. */
  readonly node: string;
  readonly checkout: string;
}

/**
 * The unit. KillMode=process and Delegate: commands outlive a restart of the agent, in control groups that it makes
 * beside its own. What bubblewrap needs (namespaces, a /proc of its own) is left open; everything else is shut.
 */
export function unitFile({ user, node, checkout }: Installation): string {
  return `[Unit]
Description=Homeslice agent
Documentation=file://${join(checkout, "docs/agents.md")}
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
User=${user}
Group=${user}
Environment=NODE_ENV=production HOMESLICE_CONFIG_FILE=${paths.config}
ExecStart=${[node, ...NODE_FLAGS, programIn(join(checkout, BUILT))].join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=2
KillMode=process
Delegate=yes
DelegateSubgroup=agent
UMask=0077
StateDirectory=homeslice
StateDirectoryMode=0700
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths=${paths.state}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelModules=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`;
}

/** agent.yaml; JSON texts are YAML, whatever they hold. */
export function configFile({ url, name }: Installation): string {
  const settings = {
    orchestrator_url: url,
    enrolment_token_file: paths.token,
    state_dir: paths.state,
    policy_file: paths.policy,
    secrets_dir: paths.secrets,
    ...(name !== undefined && { node_name: name }),
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  return `# Settings of the agent: docs/reference/agent.md. Restart it after a change.\n${lines.join("")}`;
}

export const POLICY = `# What may be run on this server through Homeslice: docs/agents.md. After a change: systemctl reload homeslice-agent

# Programs, by absolute path, with any arguments; or \`commands: all\`.
commands: []
`;
