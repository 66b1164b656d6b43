import { statfsSync } from "node:fs";
import type { Job } from "@homeslice/protocol/link.ts";
import { strictest } from "../sandbox/limits.ts";
import type { Workshop } from "./workshop.ts";

/** Where neither the owner of the server nor the job says it, in MiB. */
const DEFAULT_OUTPUT_MB = 64;

/** The share of the free disk that the output of one job may take at most: what is kept of it never fills the disk. */
const DISK_SHARE = 0.25;
const MEBIBYTE = 1_048_576;

/** Output that is kept of a job, in MiB. */
export function outputLimit({ operation }: Job, directory: string, { policy }: Workshop): number {
  const own = operation.type === "shell_command" ? operation.limits : undefined;
  const { bavail, bsize } = statfsSync(directory);
  const share = Math.max(1, Math.floor((bavail * bsize * DISK_SHARE) / MEBIBYTE));
  return Math.min(share, strictest(policy().limits, own).output_mb ?? DEFAULT_OUTPUT_MB);
}
