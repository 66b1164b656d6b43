import { freePort } from "@homeslice/cli/process/freePort.ts";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { recordingMocks } from "../components/deploy.ts";

/** The program as the engine runs it: the module itself, with the stack's configuration set from outside. */
const program = async (config: Record<string, string>) => {
  pulumi.runtime.setAllConfig(config);
  return await import("../../index.ts");
};

beforeEach(async () => {
  vi.resetModules();
  await pulumi.runtime.setMocks(recordingMocks([]), "homeslice", "prod");
});
afterEach(() => pulumi.runtime.setAllConfig({}));

it("exports what the operator needs to know", async () => {
  const grafana = { api: { port: await freePort() } };
  const outputs = await program({
    "homeslice:domain": "home.example.org",
    "homeslice:redis": '{"size":"4Gi"}',
    "homeslice:grafana": JSON.stringify(grafana),
  });
  expect(outputs.environment).toBe("prod");
  expect(outputs.orchestrator.publicUrl).toBe("https://orchestrator.home.example.org");
  await pulumi.runtime.disconnect();
});

it("tells a mistake in the configuration without a stack trace", async () => {
  const failure = await program({ "homeslice:domain": "home" }).catch((error: unknown) => error);
  expect(pulumi.RunError.isInstance(failure)).toBe(true);
  expect(failure).toMatchObject({ message: expect.stringContaining("Pulumi.prod.yaml has 1 problem\n") });
});
