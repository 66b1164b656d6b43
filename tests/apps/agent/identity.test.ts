import { chmod, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent } from "@homeslice/agent/agent.ts";
import { readSettings } from "@homeslice/agent/config/settings.ts";
import { createLog } from "@homeslice/agent/log/log.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentProcess, Bench, eventually } from "./harness.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

const modeOf = async (name: string) => (await stat(join(bench.stateDir, name))).mode & 0o777;

/** Starts an agent that is expected to refuse, and returns what it says. */
async function refusal(environment: Record<string, string> = {}): Promise<string> {
  const agent = new AgentProcess({ ...bench.environment, ...environment });
  expect(await agent.exited()).toBe(2);
  expect(agent.stderr).not.toMatch(/^\s+at /m);
  return agent.stderr;
}

describe("enrolment", () => {
  it("registers a key that never leaves the state directory, and happens once", async () => {
    const first = await bench.agent();
    await first.stop();
    await rm(bench.path("token"));
    await bench.agent();
    expect(bench.peer.enrolled.length).toBe(1);
    expect(bench.peer.hellos.length).toBe(2);
  });

  it("leaves nothing that others can read", async () => {
    await bench.agent();
    expect(await modeOf(".")).toBe(0o700);
    expect(await modeOf("agent.key")).toBe(0o600);
    expect(await modeOf("identity.json")).toBe(0o600);
    expect(await modeOf("settled.ndjson")).toBe(0o600);
    const identity = await readFile(join(bench.stateDir, "identity.json"), "utf8");
    expect(JSON.parse(identity)).toMatchObject({ server_id: bench.peer.serverId });
  });

  it("waits for an orchestrator that is not ready", async () => {
    bench.peer.enrolStatus = 503;
    const settings = readSettings(bench.environment);
    const agent = new Agent(settings, createLog({ logLevel: "silent", logFile: undefined }), {
      timings: { reconnectMin: 5, reconnectMax: 5 },
    });
    const started = agent.start();
    await eventually(() => bench.peer.enrolments >= 3);
    expect((await fetch(`http://127.0.0.1:${agent.port}/healthz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${agent.port}/readyz`)).status).toBe(503);
    bench.peer.enrolStatus = 201;
    await started;
    await eventually(() => agent.ready);
    expect((await fetch(`http://127.0.0.1:${agent.port}/readyz`)).status).toBe(200);
    await agent.stop();
  });

  it("ends with what to do when the token is not taken", async () => {
    await writeFile(bench.path("token"), "used");
    expect(await refusal()).toMatch(/did not enrol this agent: the token is used\n.*register the server again/i);
  });

  it("ends with what to do when there is no token", async () => {
    await rm(bench.path("token"));
    expect(await refusal()).toMatch(/no enrolment token in .*\nRegister the server/);
  });
});

describe("an agent whose identity others could have read", () => {
  it("does not start", async () => {
    const agent = await bench.agent();
    await agent.stop();
    for (const [name, mode] of [
      ["identity.json", 0o640],
      ["agent.key", 0o604],
      [".", 0o750],
    ] as const) {
      const path = join(bench.stateDir, name);
      await chmod(path, mode);
      expect(await refusal()).toMatch(/can be accessed by others than its owner\n.*chmod (600|700)/);
      await chmod(path, name === "." ? 0o700 : 0o600);
    }
    await bench.agent();
  });

  it("does not start in a directory that is open to others and not empty", async () => {
    await mkdir(bench.stateDir, { mode: 0o755 });
    await writeFile(join(bench.stateDir, "x"), "");
    expect(await refusal()).toContain("chmod 700");
  });

  it("closes an empty directory that was made for it", async () => {
    await mkdir(bench.stateDir, { mode: 0o755 });
    await bench.agent();
    expect(await modeOf(".")).toBe(0o700);
  });
});

describe("a start that cannot succeed", () => {
  it("is refused when another agent uses the state directory", async () => {
    await bench.agent();
    expect(await refusal()).toMatch(/Another agent uses the state directory/);
  });

  it("is refused when the identity is damaged", async () => {
    const agent = await bench.agent();
    await agent.stop();
    await writeFile(join(bench.stateDir, "identity.json"), "{");
    expect(await refusal()).toMatch(/identity.json is damaged/);
  });

  it("is refused when the policy is broken", async () => {
    await writeFile(bench.path("policy.yaml"), "commands: [uptime]\nuser: root\n");
    expect(await refusal()).toMatch(
      /is not a policy:\n {2}commands.0 {2}give absolute paths\n {2}user {2}Unrecognized/,
    );
  });

  it("is refused when the port is taken", async () => {
    const port = new URL(bench.peer.url).port;
    expect(await refusal({ HOMESLICE_PORT: port })).toMatch(/cannot listen on 127.0.0.1:\d+\nSet HOMESLICE_HOST/);
  });

  it("is refused with every setting that is wrong", async () => {
    const said = await refusal({
      HOMESLICE_ORCHESTRATOR_URL: "ftp://x",
      HOMESLICE_PORT: "http",
      HOMESLICE_MAX_CONCURRENT_JOBS: "0",
      HOMESLICE_STOP_JOBS_ON_EXIT: "maybe",
    });
    for (const name of ["ORCHESTRATOR_URL", "PORT", "MAX_CONCURRENT_JOBS", "STOP_JOBS_ON_EXIT"]) {
      expect(said).toContain(`HOMESLICE_${name}`);
    }
  });
});

describe("the metrics of an agent", () => {
  it("count what it did", async () => {
    const agent = await bench.agent();
    const job = bench.peer.job(["true"]);
    bench.peer.run(job);
    await eventually(() => bench.peer.finish(job));
    const metrics = await (await fetch(`http://127.0.0.1:${agent.port}/metrics`)).text();
    expect(metrics).toContain("homeslice_agent_connected 1");
    expect(metrics).toContain('homeslice_agent_attempts_finished_total{outcome="exited"} 1');
    expect(metrics).toMatch(/homeslice_host_disk_usage_percent \d/);
    expect((await fetch(`http://127.0.0.1:${agent.port}/`)).status).toBe(404);
  });
});
