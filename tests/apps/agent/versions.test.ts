import { commonVersion } from "@homeslice/protocol/link.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import schemas from "../../fixtures/link/schemas-0.1.0.json" with { type: "json" };
import { Bench, eventually } from "./harness.ts";

/** What either side of version 0.1.0 takes, as it was recorded from that version. */
const Schema = z.custom<Parameters<typeof z.fromJSONSchema>[0]>((value) => typeof value === "object");
const old = {
  agent: z.fromJSONSchema(Schema.parse(schemas.agent)),
  orchestrator: z.fromJSONSchema(Schema.parse(schemas.orchestrator)),
};

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

describe("F10: an agent with an orchestrator of the version before", () => {
  it("does its work: each takes every frame of the other", async () => {
    bench.peer.heartbeatSeconds = 0.05;
    await bench.agent();
    const job = bench.peer.job(["sh", "-c", "echo one; exit 3"]);
    bench.peer.run(job);
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "exited", exit_code: 3 });
    await eventually(() => bench.peer.of("heartbeat").length > 0);
    expect(new Set(bench.peer.messages.map(({ type }) => type))).toEqual(
      new Set(["hello", "heartbeat", "accepted", "started", "output", "finished"]),
    );
    for (const frame of bench.peer.messages) expect(old.agent.safeParse(frame).error, frame.type).toBeUndefined();
    for (const frame of bench.peer.sent) expect(old.orchestrator.safeParse(frame).error).toBeUndefined();
  });

  it("would tell a frame that the other does not take", () => {
    expect(old.agent.safeParse({ v: 1, type: "hello" }).success).toBe(false);
    expect(old.agent.safeParse({ v: 2, type: "heartbeat", status: {} }).success).toBe(false);
  });
});

describe("two versions of the link", () => {
  it("are settled on the newest that both sides speak, or on none", () => {
    expect(commonVersion(undefined, [1, 2])).toBe(1);
    expect(commonVersion([1, 2, 3], [1, 2])).toBe(2);
    expect(commonVersion([3], [1, 2])).toBeUndefined();
  });

  it("that have nothing in common keep an agent waiting until the other side is upgraded", async () => {
    bench.peer.versions = [99];
    const agent = bench.agent();
    await eventually(() => bench.peer.connections >= 3);
    expect(bench.peer.hellos).toEqual([]);
    bench.peer.versions = [1, 99];
    await agent;
    expect(bench.peer.hellos[0]?.versions).toEqual([1]);
  });
});
