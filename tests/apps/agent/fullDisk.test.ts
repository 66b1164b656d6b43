import { mkdirSync, readdirSync, readFileSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "@homeslice/agent/clock.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Guard } from "../../rig/guard.ts";
import { SmallDisk } from "../../rig/smallDisk.ts";
import { Bench, eventually, expectGapless } from "./harness.ts";

const DISK_MB = 8;
/** No other pause is as long. */
const STANDBY_PAUSE_MS = 54_321;
/** Its directory, the one that it works in, and some of its files. */
const FEWER_THAN_A_STANDBY_HAS = 4;

let bench: Bench;
let guard: Guard;
let disk: SmallDisk | { missing: string };
beforeEach(async () => {
  bench = await Bench.open();
  guard = new Guard(bench.path("mounts"));
  mkdirSync(bench.stateDir, { mode: 0o700 });
  disk = SmallDisk.mount(bench.stateDir, DISK_MB, guard);
});
afterEach(async () => {
  await guard.release();
  await bench.close();
});

it("F7: an agent whose disk is full refuses work, keeps what runs, and is well when there is room again", async ({
  skip,
}) => {
  if ("missing" in disk) return skip(disk.missing);
  await bench.agent();
  const running = bench.peer.job(["sh", "-c", "echo before; sleep 1.5; exit 4"]);
  bench.peer.run(running);
  await eventually(() => bench.peer.text(running) === "before\n");
  disk.fill();
  const refused = bench.peer.job(["touch", bench.path("proof")]);
  bench.peer.run(refused);
  expect(await eventually(() => bench.peer.finish(refused))).toMatchObject({
    outcome: "refused",
    error: expect.stringContaining("cannot write its journal"),
  });
  disk.empty();
  expect((await eventually(() => bench.peer.finish(running))).outcome).toBe("exited");
  const well = bench.peer.job(["echo", "well"]);
  bench.peer.run(well);
  expect(await eventually(() => bench.peer.finish(well))).toMatchObject({ outcome: "exited", exit_code: 0 });
  expect(bench.peer.text(well)).toBe("well\n");
});

it("F7: an agent that is started on a full disk still knows what was settled, and is well when there is room again", async ({
  skip,
}) => {
  if ("missing" in disk) return skip(disk.missing);
  const before = await bench.agent();
  const settled = bench.peer.job(["sh", "-c", 'echo start >>"$0"', bench.path("starts")]);
  bench.peer.run(settled);
  await eventually(() => statSync(join(bench.stateDir, "settled.ndjson")).size > 0);
  await before.stop();
  disk.fill();
  await bench.agent();
  bench.peer.run(settled);
  await eventually(() => bench.peer.of("finished", settled).length === 2);
  expect(readFileSync(bench.path("starts"), "utf8")).toBe("start\n");
  disk.empty();
  const well = bench.peer.job(["echo", "well"]);
  bench.peer.run(well);
  expect(await eventually(() => bench.peer.finish(well))).toMatchObject({ outcome: "exited", exit_code: 0 });
});

it("F7: a command that fills the disk with its output comes to its end, loses the rest of it, and the next one runs", async ({
  skip,
}) => {
  if ("missing" in disk) return skip(disk.missing);
  await bench.agent();
  const flood = bench.peer.job(["sh", "-c", "yes $(printf %1000s x | tr ' ' x)"], { timeout_seconds: 20 });
  bench.peer.run(flood);
  const finish = await eventually(() => bench.peer.finish(flood));
  expect(finish).toMatchObject({ outcome: "exited", exit_code: 1 });
  const lines = bench.peer.linesOf(flood);
  expectGapless(lines.map(({ seq }) => seq));
  expect(finish.last_seq).toBe(lines.length);
  expect(lines.at(-1)?.text).toMatch(
    /^\[homeslice\] the output (has filled the disk|went beyond) .*: the rest is dropped\n$/,
  );
  const well = bench.peer.job(["echo", "well"]);
  bench.peer.run(well);
  expect(await eventually(() => bench.peer.finish(well))).toMatchObject({ outcome: "exited", exit_code: 0 });
});

it("F7: a sandbox that was to stand by, and whose files cannot be made, leaves nothing behind", async ({ skip }) => {
  if ("missing" in disk) return skip(disk.missing);
  bench.environment["HOMESLICE_STANDBY_COMMANDS"] = "2";
  let makeSecond: (() => void) | undefined;
  const after: Clock["after"] = (milliseconds, action) => {
    if (milliseconds !== STANDBY_PAUSE_MS) return systemClock.after(milliseconds, action);
    makeSecond = action;
    return () => {};
  };
  await bench.agent({ clock: { ...systemClock, after }, timings: { standbyPause: STANDBY_PAUSE_MS } });
  await eventually(() => makeSecond);
  const jobs = join(bench.stateDir, "jobs");
  const first = readdirSync(jobs);
  const seen = new Set<string | null>();
  const watcher = watch(jobs, (_event, name) => seen.add(name));
  disk.leaveRoomFor(FEWER_THAN_A_STANDBY_HAS);
  makeSecond?.();
  await eventually(() => [...seen].some((name) => name !== null && !first.includes(name)));
  await eventually(() => readdirSync(jobs).length === 1);
  watcher.close();
  expect(readdirSync(jobs)).toEqual(first);
});
