import { constants, type Stats } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { FileValidation, type OperationResult } from "@homeslice/protocol/operations/index.ts";
import { hasCode } from "../../errors.ts";
import { isWithin } from "../../files.ts";
import { type CheckContext, CheckError, Findings } from "../checks/check.ts";
import { checkerFor } from "../checks/checker.ts";

const MEBIBYTE = 1_048_576;

export const checker = checkerFor(FileValidation, {
  async plan({ path }, context) {
    await refuseForbidden(path, context);
    return `look at ${path}: whether it is there, and its size and age, never what is in it`;
  },

  async perform(operation, context) {
    await refuseForbidden(operation.path, context);
    const found = await statIfPresent(operation.path);
    const findings = new Findings();
    findings.add(
      "exists",
      (found !== undefined) === operation.exists,
      there(operation.exists),
      there(found !== undefined),
    );
    if (found !== undefined && operation.exists) await judge(operation, found, findings);
    return resultOf(found, findings);
  },
});

async function judge(operation: FileValidation, found: Stats, findings: Findings): Promise<void> {
  const { path, readable, size_gt_mb, modified_within } = operation;
  if (readable !== undefined) {
    const can = await isReadable(path);
    findings.add("readable", can === readable, String(readable), String(can));
  }
  if (size_gt_mb !== undefined) {
    const size = found.size / MEBIBYTE;
    findings.add("size_gt_mb", size > size_gt_mb, `more than ${size_gt_mb} MiB`, `${size.toFixed(3)} MiB`);
  }
  if (modified_within !== undefined) {
    const age = (Date.now() - found.mtimeMs) / 1_000;
    findings.add(
      "modified_within",
      age <= modified_within,
      `at most ${modified_within} s ago`,
      `${age.toFixed(1)} s ago`,
    );
  }
}

function resultOf(found: Stats | undefined, findings: Findings): OperationResult {
  return {
    type: "file_validation",
    ...findings.all,
    kind: found === undefined ? null : kindOf(found),
    size_bytes: found?.size ?? null,
    modified_at: found?.mtime.toISOString() ?? null,
  };
}

/** By real path: a link that leads to a forbidden place is that place. @throws CheckError */
async function refuseForbidden(path: string, { forbidden_paths }: CheckContext): Promise<void> {
  const real = await realpath(path).catch(() => path);
  const forbidden = forbidden_paths.find((one) => isWithin(path, one) || isWithin(real, one));
  if (forbidden !== undefined)
    throw new CheckError(`${path} is out of bounds: the owner of this server forbids ${forbidden}`);
}

async function statIfPresent(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    if (hasCode(error, "EACCES")) throw new CheckError(`${path}: the agent's user may not look there`);
    throw error;
  }
}

async function isReadable(path: string): Promise<boolean> {
  return await access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

function kindOf(found: Stats): "file" | "directory" | "other" {
  if (found.isFile()) return "file";
  return found.isDirectory() ? "directory" : "other";
}

function there(exists: boolean): string {
  return exists ? "there" : "not there";
}
