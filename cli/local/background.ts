import { type ChildProcess, fork } from "node:child_process";
import { on } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UserError } from "@homeslice/config/errors.ts";
import { type LocalHome, prepareHome } from "./home.ts";
import { endOf, logPath } from "./logFiles.ts";
import { Report } from "./report.ts";
import { isSupervised, readRecord, type SupervisorRecord } from "./state.ts";
import type { Observe } from "./supervisor.ts";

const POLL_INTERVAL_MS = 50;
/** A supervisor that clears up after a crash takes its time before its first record. */
const FIRST_RECORD_TIMEOUT_MS = 60_000;

/** Starts a supervisor that outlives this process. Resolves when all is ready; to undefined when Ctrl-C ended it before. */
export async function startInBackground(
  home: LocalHome,
  port: number,
  observe: Observe,
): Promise<SupervisorRecord | undefined> {
  prepareHome(home);
  const child = forkSupervisor(home, port);
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    child.kill("SIGTERM");
  };
  process.on("SIGINT", interrupt);
  try {
    const record = await readyRecord(child, observe);
    if (record || interrupted) return record;
    throw endedEarly(home);
  } catch (error) {
    if (error instanceof UserError && error.code === "local.running") return await attach(home); // another was faster
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** Waits until the supervisor that another process started is ready. */
export async function attach(home: LocalHome): Promise<SupervisorRecord> {
  const deadline = Date.now() + FIRST_RECORD_TIMEOUT_MS;
  let seen = false;
  for (;;) {
    const record = readRecord(home);
    const alive = isSupervised(record);
    if (alive && record.ready) return record;
    if (!alive && (seen || Date.now() > deadline)) throw endedEarly(home);
    seen ||= alive;
    await setTimeout(POLL_INTERVAL_MS);
  }
}

function forkSupervisor(home: LocalHome, port: number): ChildProcess {
  const log = openSync(logPath(home, "supervisor"), "a", 0o600);
  try {
    const args = [String(port)];
    return fork(join(import.meta.dirname, "main.ts"), args, { detached: true, stdio: ["ignore", log, log, "ipc"] });
  } finally {
    closeSync(log);
  }
}

/** Follows the reports until all is ready, or the supervisor has ended. @throws what the supervisor complains of */
async function readyRecord(child: ChildProcess, observe: Observe): Promise<SupervisorRecord | undefined> {
  for await (const [message] of on(child, "message", { close: ["disconnect"] })) {
    const report = Report.parse(message);
    if ("complaint" in report) throw new UserError(report.complaint);
    observe(report.record, report.notice);
    if (!report.record.ready) continue;
    child.disconnect();
    child.unref();
    return report.record;
  }
  return undefined;
}

function endedEarly(home: LocalHome): UserError {
  const log = logPath(home, "supervisor");
  return new UserError({
    code: "local.start",
    what: "Homeslice ended before it was ready",
    where: home.root,
    fix: `The end of its log (${log}):\n${endOf(log)}`,
  });
}
