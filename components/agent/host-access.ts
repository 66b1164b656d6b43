import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Container, DEFAULT_USER, type Mount, nodeDirectory, type PodSecurity, scratch } from "../kit/index.ts";

type SecurityContext = kubernetes.types.input.core.v1.SecurityContext;

/** What an agent gets of its node, and what the namespace must therefore allow. */
interface HostAccess {
  readonly podSecurity: PodSecurity;
  readonly mounts: readonly Mount[];
  readonly security: SecurityContext;
  readonly before: Readonly<Record<string, Container>>;
  readonly spec: Partial<kubernetes.types.input.core.v1.PodSpec>;
}

const nothing = { security: {}, before: {}, spec: {} };

/** The three levels of `agent.hostAccess`. Wherever it may, the agent keeps its key and journal on the node itself. */
export function hostAccess(
  level: Config["agent"]["hostAccess"],
  stateDirectory: string,
  image: pulumi.Input<string>,
): HostAccess {
  const state = nodeDirectory("state", stateDirectory, stateDirectory, "write");
  switch (level) {
    case "none":
      return { ...nothing, podSecurity: "restricted", mounts: [scratch(stateDirectory, "256Mi")] };
    case "read":
      return {
        ...nothing,
        podSecurity: "privileged",
        mounts: [state, nodeDirectory("host", "/", "/host", "read")],
        before: { "own-state": ownership(state, stateDirectory, image) },
      };
    case "full":
      return {
        ...nothing,
        podSecurity: "privileged",
        mounts: [state, nodeDirectory("host", "/", "/host", "write")],
        security: { privileged: true, allowPrivilegeEscalation: true, runAsNonRoot: false, runAsUser: 0 },
        spec: { hostPID: true },
      };
  }
}

/** Gives the agent's own directory to the agent's user and nobody else: the node makes it for root. */
function ownership(state: Mount, directory: string, image: pulumi.Input<string>): Container {
  return {
    image,
    command: ["sh", "-ec", `chown ${DEFAULT_USER}:${DEFAULT_USER} ${directory}; chmod 0700 ${directory}`],
    mounts: [state],
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "32Mi" } },
    security: { runAsNonRoot: false, runAsUser: 0, capabilities: { drop: ["ALL"], add: ["CHOWN", "FOWNER"] } },
  };
}
