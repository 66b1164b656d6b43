import { loadConfig } from "@homeslice/config";
import { z } from "zod";
import { isInteractive, requireConfirmable } from "../confirm.ts";
import { isChange } from "../operations.ts";
import { clusterOptionsSchema } from "../options.ts";
import { holding } from "../run.ts";
import { readStackFile } from "../stackFile.ts";
import { planRelease } from "./plan.ts";
import { printRelease } from "./report.ts";
import { switchOver } from "./switchOver.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);

const optionsSchema = clusterOptionsSchema.extend({
  image: z.string().optional(),
  version: z.string().optional(),
  rollback: z.boolean().default(false),
});

/**
 * Brings another version of the orchestrator up beside the one that serves, checks it, and lets the Service lead to it.
 * An image that the settings name already is brought up as well: its release may have been cut short.
 *
 * @throws UserError `release.failed` when the new version does not serve; the old one goes on
 */
export async function release(given: unknown): Promise<void> {
  const started = Date.now();
  const options = optionsSchema.parse(given);
  requireConfirmable("up", options.yes, isInteractive());
  const file = readStackFile(options.stack, options.config);
  const plan = planRelease(loadConfig(options.stack, file.content.config ?? {}), options);
  if (plan) {
    const { from, to } = plan;
    say(`releasing ${to.image} as ${to.colour}, beside ${from.image}, which serves as ${from.colour}`);
  } else say("the settings name that image already: making sure that it serves");
  const { changes } = await holding("up", options, file, (operate) =>
    plan ? switchOver(operate, file, plan) : operate("up", file),
  );
  printRelease({ stack: options.stack, plan, changed: isChange(changes), durationMs: Date.now() - started }, options);
}
