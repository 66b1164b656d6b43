import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { isAlive, startOf } from "../process/alive.ts";
import { PROJECT } from "./workspace.ts";

const SETTLE_MS = 60_000;
const STOP_MS = 10_000;
const POLL_MS = 200;

type Say = (line: string) => void;

const recordSchema = z.object({ pid: z.number().int(), start: z.string().optional() });

/**
 * Ends the engine of a run whose command line was killed, in order: it finishes the steps that it has begun, so that
 * the state knows of them. Only the holder of the stack's lock may call this, or it would end a run under way.
 */
export async function endOrphan(record: string, say: Say): Promise<void> {
  const engine = readJson(record, recordSchema);
  if (!engine || !isSame(engine)) return rmSync(record, { force: true });
  say(
    `the engine of a run that was killed is still at work (process ${engine.pid}): letting it finish what it has begun`,
  );
  const steps: readonly (readonly [NodeJS.Signals, number])[] = [
    ["SIGINT", SETTLE_MS],
    ["SIGINT", STOP_MS],
    ["SIGKILL", STOP_MS],
  ];
  for (const [signal, patience] of steps) {
    signalTo(engine.pid, signal);
    if (await ended(engine, patience)) break;
  }
  rmSync(record, { force: true });
}

type EngineRecord = z.infer<typeof recordSchema>;

function isSame({ pid, start }: EngineRecord): boolean {
  return isAlive(pid) && (start === undefined || startOf(pid) === start);
}

async function ended(engine: EngineRecord, patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (isSame(engine)) {
    if (Date.now() > deadline) return false;
    await setTimeout(POLL_MS);
  }
  return true;
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime, which is what was wanted.
  }
}

const lockSchema = z.object({ pid: z.number().int(), hostname: z.string() });

/** Removes the engine's own locks on a stack that processes of this machine left behind when they died. */
export function releaseStaleLocks(backend: string, stack: string, say: Say): void {
  if (!backend.startsWith("file:")) return;
  const folder = join(localPath(backend), ".pulumi", "locks", "organization", PROJECT, stack);
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const lock = readJson(join(folder, file), lockSchema);
    if (!lock || lock.hostname !== hostname() || isEngine(lock.pid)) continue;
    rmSync(join(folder, file), { force: true });
    say(`released the lock that process ${lock.pid} left on the stack when it was killed`);
  }
}

/** `file://~` and `file://./state` are no URLs in the strict sense, but the engine takes them. */
function localPath(backend: string): string {
  return backend.startsWith("file:///") ? fileURLToPath(backend) : backend.slice("file://".length).replace(/\?.*/, "");
}

/** Whether the process lives and is not another one that was given the same number. */
function isEngine(pid: number): boolean {
  if (!isAlive(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("pulumi");
  } catch {
    return true; // the system does not tell: then it counts as the holder
  }
}

function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined; // gone, or cut short by the kill: nothing to go by
  }
}
