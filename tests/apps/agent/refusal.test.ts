import { randomUUID } from "node:crypto";
import { chmod, readdir, writeFile } from "node:fs/promises";
import type { Job } from "@homeslice/protocol/link.ts";
import { generateKeyPair } from "@homeslice/protocol/signing.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bench, eventually } from "./harness.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

async function outcome(job: Job) {
  bench.peer.run(job);
  return await eventually(() => bench.peer.finish(job));
}

/** Runs a harmless command, so that everything sent before has been handled. */
async function settle() {
  expect((await outcome(bench.peer.job(["true"]))).exit_code).toBe(0);
}

describe("a job that is not to be trusted", () => {
  beforeEach(async () => {
    await bench.agent();
  });

  it("is dropped when somebody else signed it", async () => {
    const job = bench.peer.job(["touch", bench.path("proof")]);
    bench.peer.run(job, bench.peer.sign(job, generateKeyPair().privateKey));
    await settle();
    expect(bench.peer.of("accepted", job)).toEqual([]);
    expect(await readdir(bench.directory)).not.toContain("proof");
  });

  it("is dropped when it was changed after it was signed", async () => {
    const job = bench.peer.job(["touch", bench.path("proof")]);
    const signed = bench.peer.sign(job);
    bench.peer.run(job, { ...signed, payload: signed.payload.replace("proof", "other") });
    await settle();
    expect(await readdir(bench.directory)).not.toContain("other");
  });

  it("is dropped when it is meant for another server", async () => {
    const job = bench.peer.job(["touch", bench.path("proof")], { server_id: randomUUID() });
    bench.peer.run(job);
    await settle();
    expect(bench.peer.messages.filter((m) => "execution_id" in m && m.execution_id === job.execution_id)).toEqual([]);
    expect(await readdir(bench.directory)).not.toContain("proof");
  });

  it("is refused after its time", async () => {
    const job = bench.peer.job(["true"], { not_after: new Date(Date.now() - 1_000).toISOString() });
    expect(await outcome(job)).toMatchObject({ outcome: "refused", error: expect.stringContaining(job.not_after) });
  });

  it("is refused when the execution has had a newer attempt, settled or not", async () => {
    const newer = bench.peer.job(["true"], { fence: 3 });
    expect(await outcome(newer)).toMatchObject({ outcome: "exited" });
    const older = { ...newer, fence: 2 };
    expect(await outcome(older)).toMatchObject({ outcome: "refused", error: expect.stringContaining("attempt 3") });
  });

  it("is refused when it asks for what this agent does not know", async () => {
    const job = bench.peer.job(["true"]);
    const signed = bench.peer.signText(JSON.stringify({ ...job, operation: { type: "dance" } }));
    bench.peer.run(job, signed);
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "refused" });
  });
});

describe("a command that cannot be run", () => {
  it("is refused with 127 when there is none of that name", async () => {
    await bench.agent();
    const finish = await outcome(bench.peer.job(["no-such-command", "x"]));
    expect(finish).toMatchObject({
      outcome: "refused",
      exit_code: 127,
      error: "no-such-command: command not found on bench",
    });
    expect(await outcome(bench.peer.job(["/no/such/command"]))).toMatchObject({ exit_code: 127 });
    expect(await outcome(bench.peer.job(["./here"]))).toMatchObject({ exit_code: 127 });
  });

  it("is refused with 126 when it is not executable", async () => {
    await bench.agent();
    await writeFile(bench.path("data"), "");
    await chmod(bench.path("data"), 0o600);
    const finish = await outcome(bench.peer.job([bench.path("data")]));
    expect(finish).toMatchObject({
      outcome: "refused",
      exit_code: 126,
      error: expect.stringContaining("not an executable"),
    });
    expect(await outcome(bench.peer.job([bench.directory]))).toMatchObject({ exit_code: 126 });
  });

  it("S16: is refused when the kernel does not take it", async () => {
    await bench.agent();
    const finish = await outcome(bench.peer.job(["true", "x".repeat(131_072)]));
    expect(finish).toMatchObject({ outcome: "refused", exit_code: 126, error: expect.stringContaining("E2BIG") });
  });

  it("is refused when the policy does not allow it, with the file that can", async () => {
    await writeFile(bench.path("policy.yaml"), "commands: [/usr/bin/true]\n");
    await bench.agent();
    expect(await outcome(bench.peer.job(["true"]))).toMatchObject({ outcome: "exited", exit_code: 0 });
    const finish = await outcome(bench.peer.job(["id"]));
    expect(finish).toMatchObject({
      outcome: "refused",
      exit_code: 126,
      error: expect.stringContaining(bench.path("policy.yaml")),
    });
  });

  it("runs once the owner has allowed it and told the agent", async () => {
    await writeFile(bench.path("policy.yaml"), "commands: []\n");
    const agent = await bench.agent();
    expect(await outcome(bench.peer.job(["true"]))).toMatchObject({ outcome: "refused" });
    await writeFile(bench.path("policy.yaml"), "commands: [/usr/bin/true]\n");
    await agent.reloadPolicy();
    expect(await outcome(bench.peer.job(["true"]))).toMatchObject({ outcome: "exited" });
    await writeFile(bench.path("policy.yaml"), "commands: everything\n");
    await agent.reloadPolicy();
    expect(await outcome(bench.peer.job(["true"]))).toMatchObject({ outcome: "exited" });
  });
});
