import { extname, join } from "node:path";
import type { Operation } from "@homeslice/protocol/operations/index.ts";
import { writeDurably } from "../../files.ts";
import { commandEnvironment } from "../../jobs/command.ts";
import { refused } from "../../jobs/ending.ts";
import type { Prepare } from "../preparation.ts";
import { type CheckTask, TASK_FILE } from "./task.ts";

/** Beside this file, or beside the program that this file was built into. */
const runner = join(import.meta.dirname, `runner${extname(import.meta.filename)}`);

/** A check runs in a process of its own: a disk or a host that never answers can hang that, and not the agent. */
export const prepareCheck: Prepare<Operation> = async (operation, { directory, shop, ...place }) => {
  const policy = shop.policy();
  const refusal = policy.operationRefusal(operation.type);
  if (refusal !== undefined) return refused(refusal, 126);
  const task: CheckTask = {
    operation,
    secrets_dir: shop.secretsDir,
    forbidden_paths: [...shop.ownPaths, ...policy.forbiddenPaths],
  };
  await writeDurably(join(directory, TASK_FILE), JSON.stringify(task));
  return {
    argv: [process.execPath, "--max-semi-space-size=1", runner, directory],
    environment: commandEnvironment(place, directory),
    workingDirectory: join(directory, "work"),
    isolate: false,
    limits: policy.limits,
  };
};
