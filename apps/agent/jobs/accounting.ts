import { basename } from "node:path";
import type { Finish, ResourceUsage } from "@homeslice/protocol/link.ts";
import type { Logger } from "pino";
import { readResult } from "../operations/checks/result.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Records } from "./attemptRecords.ts";
import type { Ending } from "./ending.ts";
import { processorTime } from "./shim.ts";

/** What an attempt that is over used, as well as it can be known: by its control group, else by what its shim saw. */
async function accountFor(directory: string, sandbox: Sandbox): Promise<ResourceUsage> {
  const measured = await sandbox.usage(basename(directory));
  if (measured !== undefined && measured.cpu_seconds !== null) return measured;
  const cpu_seconds = (await processorTime(directory)) ?? null;
  return { cpu_seconds, max_memory_bytes: null, read_bytes: null, write_bytes: null };
}

/** What a check that was started found, and what it used. */
export async function findingsOf(
  { directory, redactor }: Pick<Records, "directory" | "redactor">,
  sandbox: Sandbox,
  log: Logger,
): Promise<Pick<Finish, "result" | "usage">> {
  const usage = await accountFor(directory, sandbox);
  return { ...(await readResult(directory, redactor, log)), usage };
}

/** The ending with its reason, when the kernel ended the command for want of memory. */
export async function withReason(ending: Ending, directory: string, sandbox: Sandbox): Promise<Ending> {
  if (ending.outcome !== "exited" || ending.exit_code === 0 || ending.error !== null) return ending;
  if (!(await sandbox.ranOutOfMemory(basename(directory)))) return ending;
  return { ...ending, error: "the kernel ended a process of this command: it used more memory than its limit" };
}
