import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { UserError } from "@homeslice/config/errors.ts";
import { ClientError } from "@homeslice/protocol/client.ts";
import type { Execution } from "@homeslice/protocol/executions.ts";
import type { ShellCommand } from "@homeslice/protocol/operations/index.ts";
import { ownClient } from "../api.ts";
import type { LocalHome } from "../home.ts";

const RETRY_INTERVAL_MS = 100;

/** Where a command runs, and who is asked for it. */
export interface Target {
  readonly home: LocalHome;
  readonly url: string;
  readonly serverId: string;
  /** Milliseconds to wait for what is out of reach; undefined is as long as it takes. */
  readonly limitMs: number | undefined;
}

/**
 * Starts the execution, once: whatever breaks while asking, asking again with the same key starts nothing twice. An
 * orchestrator that is just being started again is waited for.
 */
export async function start(target: Target, argv: ShellCommand["argv"]): Promise<Execution> {
  const { home, url, serverId, limitMs = Number.POSITIVE_INFINITY } = target;
  const deadline = performance.now() + limitMs;
  const idempotencyKey = randomUUID();
  for (;;) {
    const client = await ownClient(home, url, "operator");
    try {
      const request = {
        params: { server_id: serverId },
        body: { operation: { type: "shell_command" as const, argv } },
        idempotencyKey,
      };
      return await client.call("startServerExecution", request);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (!isPassing(error) || performance.now() > deadline) throw explain(error, target);
      await setTimeout(RETRY_INTERVAL_MS);
    }
  }
}

/** Whether it is worth asking again: nobody answered, or the one who did is not ready or broke down over it. */
function isPassing({ problem: { code } }: ClientError): boolean {
  return ["unreachable", "not_ready", "internal_error"].includes(code);
}

function explain(error: ClientError, { url, serverId }: Target): UserError {
  const { code, detail, title, fix } = error.problem;
  if (code === "not_found") {
    return new UserError({
      code: "run.server",
      what: `there is no server ${serverId}`,
      fix: "Give a server_id as GET /api/v1/servers lists them.",
    });
  }
  if (code === "unreachable") {
    return new UserError({
      code: "run.unreachable",
      where: url,
      what: "does not answer",
      fix: "See ./homeslice status; run ./homeslice up first.",
    });
  }
  return new UserError({
    code: `run.${code}`,
    what: detail ?? title,
    fix: fix ?? "See ./homeslice logs orchestrator.",
  });
}
