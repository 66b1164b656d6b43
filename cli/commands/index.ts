import type { Command } from "commander";
import { registerAccount } from "./account.ts";
import { registerAgent } from "./agent.ts";
import { registerAudit } from "./audit.ts";
import { registerBackup, registerRestore } from "./backup.ts";
import { registerBench } from "./bench.ts";
import { registerChaos } from "./chaos.ts";
import { registerConfig } from "./config.ts";
import { registerDestroy } from "./destroy.ts";
import { registerDocs } from "./docs.ts";
import { registerDown } from "./down.ts";
import { registerLogs } from "./logs.ts";
import { registerPreview } from "./preview.ts";
import { registerRefresh } from "./refresh.ts";
import { registerRelease } from "./release.ts";
import { registerRender } from "./render.ts";
import { registerRun } from "./run.ts";
import { registerStatus } from "./status.ts";
import { registerTest } from "./test.ts";
import { registerTestbed } from "./testbed.ts";
import { registerToken } from "./token.ts";
import { registerUp } from "./up.ts";

/** Every command of the launcher, in the order that `--help` shows them. */
export function registerCommands(program: Command): void {
  registerUp(program);
  registerStatus(program);
  registerRun(program);
  registerToken(program);
  registerAccount(program);
  registerAudit(program);
  registerLogs(program);
  registerDown(program);
  registerAgent(program);
  registerPreview(program);
  registerRefresh(program);
  registerRelease(program);
  registerRender(program);
  registerDestroy(program);
  registerConfig(program);
  registerBackup(program);
  registerRestore(program);
  registerTest(program);
  registerBench(program);
  registerChaos(program);
  registerTestbed(program);
  registerDocs(program);
}
