import {
  AlertmanagerMessage,
  ApiError,
  type HookAnswer,
  HookMessage,
  NewExecution,
  type NewHook,
  type Parameters,
  WebhookSecret,
} from "@homeslice/protocol";
import type { z } from "zod";
import { Actions } from "../actions/actions.ts";
import { systemActor } from "../audit/audit.ts";
import { type Context, inTenant } from "../context.ts";
import { type Connection, transact } from "../database/database.ts";
import { Executions } from "../executions/executions.ts";
import { parseJson } from "../http/json.ts";
import { findNamed, recordUse } from "../secrets/references.ts";
import { SecretUnavailable } from "../secrets/sources.ts";
import { WorkflowStarter } from "../workflows/starting.ts";
import { knowsSecret, REPLAY_SECONDS, type Shown } from "./credentials.ts";
import { StoredHook } from "./hooks.ts";
import * as repository from "./repository.ts";

type Hook = z.output<typeof StoredHook>;

/** One alert, or one call of another program. */
interface Alert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly firing: boolean;
}

/** What became of an alert, or what is to. */
type Verdict = Pick<repository.NewCall, "outcome" | "reason">;

/** Takes alerts and starts what is bound to them, as far as the guard rails of the hook allow. */
export class HookCalls {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** @throws ApiError not_authenticated for whoever does not know the secret of such a hook, invalid_request */
  async take(hookId: string, shown: Shown): Promise<HookAnswer> {
    const row = await repository.findHook(this.#context.database, hookId);
    const hook = row && StoredHook.parse(row.definition);
    if (!row || !hook || !(await this.#knowsSecret(row, hook, shown))) throw unknown();
    const alerts = alertsIn(hook.source, shown);
    const results: HookAnswer["results"] = [];
    for (const alert of alerts) {
      const { labels: _labels, ...result } = await this.#takeOne(row, hook, alert);
      results.push(result);
    }
    return { results };
  }

  async #knowsSecret(row: repository.HookRow, { source, secret: reference }: Hook, shown: Shown): Promise<boolean> {
    const { sealing, now, log } = this.#context;
    if (reference === undefined) return knowsSecret(source, sealing.unseal(row.sealed), shown, now());
    const context = inTenant(this.#context, row.tenant_id);
    try {
      const secret = await findNamed(context, reference);
      const knows = WebhookSecret.safeParse(secret.value).success && knowsSecret(source, secret.value, shown, now());
      if (knows) await recordUse(context, secret, { hook_id: row.hook_id });
      return knows;
    } catch (error) {
      if (!(error instanceof SecretUnavailable)) throw error;
      log.warn({ err: error, hook_id: row.hook_id }, "the secret of a hook cannot be had");
      return false;
    }
  }

  async #takeOne(row: repository.HookRow, hook: Hook, alert: Alert): Promise<repository.NewCall> {
    const context = inTenant(this.#context, row.tenant_id);
    const { fingerprint, labels } = alert;
    const call = await transact(context.database, async (transaction) => {
      await repository.holdHook(transaction, row.hook_id);
      const verdict = await judge(transaction, row.hook_id, hook, alert);
      const started =
        verdict.outcome === "started" ? await this.#start(context, transaction, row, hook, labels) : undefined;
      const taken = { fingerprint, labels, execution_id: null, run_id: null, ...verdict, ...started };
      await repository.insertCall(transaction, row.hook_id, taken);
      return taken;
    });
    this.#context.metrics.hookCalls.inc({ outcome: call.outcome });
    if (call.outcome === "started") this.#context.bus.publish({ kind: "work" });
    return call;
  }

  async #start(
    context: Context,
    transaction: Connection,
    { name }: repository.HookRow,
    hook: Hook,
    labels: Alert["labels"],
  ): Promise<Partial<repository.NewCall>> {
    const origin = { actor: systemActor(`hook ${name}`), initiatedBy: hook.owner };
    const actions = new Actions(context);
    try {
      if (hook.workflow_id !== undefined) {
        const start = { workflow_id: hook.workflow_id, parameters: parametersOf(hook, labels) };
        return { run_id: await new WorkflowStarter(context, actions).startWithin(transaction, start, origin) };
      }
      const request = requestOf(hook, labels);
      return { execution_id: await new Executions(context, actions).startWithin(transaction, request, origin) };
    } catch (error) {
      // Refused before anything was written, so the transaction is still good.
      if (!(error instanceof ApiError)) throw error;
      const faults = (error.problem.errors ?? []).map(({ path, message }) => `; ${path}: ${message}`).join("");
      return { outcome: "refused", reason: error.message + faults };
    }
  }
}

async function judge(
  transaction: Connection,
  hookId: string,
  { enabled, source, match, starts_per_hour, cool_down_seconds }: Hook,
  { fingerprint, labels, firing }: Alert,
): Promise<Verdict> {
  const ignored = (reason: string): Verdict => ({ outcome: "ignored", reason });
  if (!enabled) return ignored("the hook is off");
  if (!firing) return ignored("the alert is resolved");
  if (Object.entries(match).some(([name, value]) => labels[name] !== value))
    return ignored("other labels are asked for");
  // A signed request is good for a while: within it, the same one must start nothing twice.
  const coolDown = source === "webhook" ? Math.max(cool_down_seconds, REPLAY_SECONDS) : cool_down_seconds;
  const { hour, cooling } = await repository.countStarts(transaction, hookId, fingerprint, coolDown);
  if (cooling > 0) return ignored(`the same alert started something in the last ${coolDown} seconds`);
  if (hour >= starts_per_hour)
    return { outcome: "refused", reason: `it has started ${hour} executions or runs in an hour` };
  return { outcome: "started", reason: null };
}

function alertsIn(source: NewHook["source"], { headers, body }: Shown): Alert[] {
  const schema = source === "alertmanager" ? AlertmanagerMessage : HookMessage;
  const message = schema.safeParse(parsed(body));
  if (!message.success) {
    const errors = message.error.issues.map(({ path, message }) => ({ path: ["body", ...path].join("."), message }));
    throw new ApiError("invalid_request", "this is no message for the hook", { errors });
  }
  if ("alerts" in message.data) {
    return message.data.alerts.map(({ status, labels, fingerprint }) => ({
      fingerprint,
      labels,
      firing: status === "firing",
    }));
  }
  return [{ fingerprint: String(headers["webhook-id"]), labels: message.data.labels, firing: true }];
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ApiError("invalid_request", `the body is no JSON: ${error.message}`);
  }
}

/** What is started: all of it checked again, because labels come from outside. @throws ApiError invalid_request */
function requestOf(hook: Hook, labels: Alert["labels"]): NewExecution {
  const { action_template_id, dry_run, targets, host_from } = hook;
  const parsed = NewExecution.safeParse({
    action_template_id,
    parameters: parametersOf(hook, labels),
    dry_run,
    targets:
      host_from === undefined
        ? targets
        : { ...targets, filter: { ...targets?.filter, hostname: hostIn(labels[host_from]) } },
  });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new ApiError("invalid_request", "the alert does not fit the action", { errors });
}

/** The parameters that are fixed, and those that the labels say. */
function parametersOf({ parameters, parameters_from }: Hook, labels: Alert["labels"]): Parameters {
  const taken = Object.entries(parameters_from).flatMap(([parameter, label]) => {
    const value = labels[label];
    return value === undefined ? [] : [[parameter, value] as const];
  });
  return { ...parameters, ...Object.fromEntries(taken) };
}

/** The host of an address such as `web-1:9100`. A star or a question mark in it must choose no other servers. */
function hostIn(label: string | undefined): string {
  const host = (label ?? "").replace(/:\d+$/, "");
  if (/^[a-zA-Z0-9.-]+$/.test(host)) return host;
  throw new ApiError("invalid_request", "the label that is to name the server names none");
}

function unknown(): ApiError {
  return new ApiError("not_authenticated", "there is no such hook, or that is not its secret");
}
