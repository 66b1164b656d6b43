import { UserError } from "@homeslice/config";
import { z } from "zod";
import { replaceFile } from "../../process/replaceFile.ts";
import type { Outcome } from "../operations.ts";
import type { Operate } from "../run.ts";
import { applyEdits, readDocument, textOf } from "../settingsFile.ts";
import type { StackFile } from "../stackFile.ts";
import type { ReleasePlan } from "./plan.ts";

/** Failures before which nothing was made. */
const BEFORE_ANYTHING: ReadonlySet<string> = new Set(["data.loss", "data.protected", "run.declined"]);

/**
 * Makes a release. The settings name it from before the first step on, so that whoever comes after a kill, at whatever
 * moment, finishes it and never switches back unasked; they name the old one again as soon as it has failed.
 *
 * @throws UserError `release.failed`; what refused, declined or interrupted the run, as it is
 */
export async function switchOver(operate: Operate, file: StackFile, plan: ReleasePlan): Promise<Outcome> {
  const config = file.content.config ?? {};
  const orchestrator = z.record(z.string(), z.unknown()).catch({}).parse(config[KEY]);
  const next = { ...config, [KEY]: { ...orchestrator, release: plan.release } };
  record(file, plan.release);
  try {
    return await operate("up", { ...file, content: { ...file.content, config: next } });
  } catch (error) {
    if (error instanceof UserError && error.code === "run.interrupted") throw error;
    record(file, orchestrator["release"]);
    if (!(error instanceof UserError) || BEFORE_ANYTHING.has(error.code)) throw error;
    throw new UserError(
      {
        code: "release.failed",
        where: `stack ${file.stack}`,
        what: `${plan.to.image} does not serve:\n${error.message}`,
        fix: await undone(operate, file, plan),
      },
      { cause: error },
    );
  }
}

/** Takes away what the release has made. */
async function undone(operate: Operate, file: StackFile, { from }: ReleasePlan): Promise<string> {
  try {
    process.stderr.write("undoing the release\n");
    await operate("up", file);
    return `${from.image} serves as ${from.colour}, as before. What the release had made is gone again.`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `The settings name ${from.image} as ${from.colour} again, but what the release had made could not be taken away (${error.what}); \`up\` does that.`;
  }
}

const KEY = "homeslice:orchestrator";

/** Writes a release down where every run reads it; undefined takes the setting out. */
function record(file: StackFile, release: unknown): void {
  const document = readDocument(file.path);
  applyEdits(document, [{ path: ["orchestrator", "release"], value: release }]);
  replaceFile(file.path, textOf(document));
}
