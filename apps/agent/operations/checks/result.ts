import { join } from "node:path";
import { OperationResult } from "@homeslice/protocol/operations/index.ts";
import type { Logger } from "pino";
import { messageOf } from "../../errors.ts";
import { readIfPresent } from "../../files.ts";
import type { Redactor } from "../../output/redactor.ts";
import { RESULT_FILE } from "./task.ts";

/** What the check of an attempt found, if it was one and got that far. */
export async function readResult(
  directory: string,
  redactor: Redactor,
  log: Logger,
): Promise<{ result?: OperationResult }> {
  try {
    const text = await readIfPresent(join(directory, RESULT_FILE));
    return text === undefined ? {} : { result: OperationResult.parse(JSON.parse(redactor.coverText(text))) };
  } catch (error) {
    log.error({ error: messageOf(error) }, "the result of a check cannot be read");
    return {};
  }
}
