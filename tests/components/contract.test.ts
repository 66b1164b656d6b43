import { readSettings as readAgentSettings } from "@homeslice/agent/config/settings.ts";
import { readPolicy } from "@homeslice/agent/policy/policy.ts";
import { readSettings as readOrchestratorSettings } from "@homeslice/orchestrator/settings.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Deployed, deploy } from "./deploy.ts";
import { dataOf, type RenderedContainer, rendered } from "./rendered.ts";
import { Sandbox } from "./servers.ts";

const SECRET = "a secret of more than thirty-two characters";
const sandbox = new Sandbox();
let deployed: Deployed;

/** The environment of a container as the program in it gets to see it, with a secret in every file that it names. */
function environmentOf(container: RenderedContainer | undefined): Record<string, string> {
  const variables =
    container?.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])) ?? [];
  return Object.fromEntries(
    variables.map(([name, value]) => [name, value.startsWith("/run/secrets/") ? sandbox.write(value, SECRET) : value]),
  );
}

beforeAll(async () => {
  const agent = { allowedCommands: ["/usr/bin/df"] };
  deployed = await deploy("dev", { "homeslice:domain": "home.example.org", "homeslice:agent": agent });
});
afterAll(() => sandbox.remove());

describe("what the platform tells a program in its environment", () => {
  it.each([
    ["Deployment", "orchestrator-blue-deployment"],
    ["Job", "orchestrator-migrate-job"],
  ])("is what the orchestrator understands: %s", (kind, name) => {
    const [container] = rendered(deployed.find(kind, name)).containers;
    const settings = readOrchestratorSettings(environmentOf(container));
    expect(settings).toMatchObject({
      host: "0.0.0.0",
      port: 8080,
      environment: "dev",
      database: { host: "postgresql.homeslice-dev.svc", name: "orchestrator", user: "orchestrator", password: SECRET },
      clusterEnrolment: SECRET,
    });
  });

  it("leads the orchestrator to Redis", () => {
    const [container] = rendered(deployed.find("Deployment", "orchestrator-blue-deployment")).containers;
    const settings = readOrchestratorSettings(environmentOf(container));
    expect(settings.redis).toEqual({ host: "redis.homeslice-dev.svc", port: 6379, password: SECRET });
  });

  it("is what the agent understands, and leads it to the orchestrator", () => {
    const container = rendered(deployed.find("DaemonSet", "agent-daemonset")).containers.find(
      ({ name }) => name === "server",
    );
    expect(readAgentSettings(environmentOf(container))).toMatchObject({
      orchestratorUrl: "http://orchestrator.homeslice-dev.svc:8080",
      host: "0.0.0.0",
      port: container?.ports[0]?.containerPort,
      stateDir: "/var/lib/homeslice",
      policyFile: "/etc/homeslice/policy.yaml",
    });
  });

  it("lets the agent run what the configuration allows, and nothing else", async () => {
    const file = sandbox.write(
      "/etc/homeslice/policy.yaml",
      dataOf(deployed.find("ConfigMap", "agent-policy"))["policy.yaml"] ?? "",
    );
    const policy = await readPolicy(file);
    expect(await policy.refusal("/usr/bin/df")).toBeUndefined();
    expect(await policy.refusal("/usr/bin/id")).toContain("is not allowed");
  });
});
