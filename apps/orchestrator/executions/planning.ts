import {
  type Action,
  ApiError,
  ExecutionConfig as Config,
  type ExecutionConfig,
  isIdempotent,
  MAX_TARGETS,
  type NewExecution,
  type Operation,
  policyFaults,
  type Rollout,
  SuccessCriteria,
} from "@homeslice/protocol";
import type { Actions } from "../actions/actions.ts";
import { render } from "../actions/rendering.ts";
import type { Connection } from "../database/database.ts";
import { refuseSecretsOf, refuseUnknownSecrets } from "../secrets/uses.ts";
import type { NewExecutionRow } from "./repository.ts";
import { type Candidate, inOrder, selectByCriteria, selectByIds } from "./selection.ts";

/** Where an execution gets the action that it names. */
export type ActionSource = Pick<Actions, "get">;

/** What is to run, and how, wherever that will be. */
export interface Work
  extends Pick<
    NewExecutionRow,
    "actionId" | "actionVersion" | "actionType" | "operation" | "timeoutSeconds" | "policy"
  > {
  /** How it spreads over its servers. */
  readonly rollout: Rollout;
  /** It runs only on servers that have all of these tags. */
  readonly applicableTags: readonly string[];
}

/** What is to run, how, and where: decided, and nothing done. */
export interface Plan
  extends Omit<Work, "rollout" | "applicableTags">,
    Pick<NewExecutionRow, "parallelism" | "batchSize" | "stopAfterFailures"> {
  readonly targets: readonly Candidate[];
  /** Servers that were chosen by what they are, and that the action does not apply to. */
  readonly excluded: readonly Candidate[];
}

/** Decides everything about an execution, by how things are now. @throws ApiError not_found, invalid_request */
export async function planExecution(
  connection: Connection,
  actions: ActionSource,
  request: NewExecution,
): Promise<Plan> {
  const work = await decideWork(connection, actions, request);
  const ids = namedServers(request);
  const { rows } = await connection.executeQuery(selectByIds(connection, { serverIds: ids }));
  const selected = request.targets && (await selectByCriteria(connection, request.targets, MAX_TARGETS + 1));
  return planOf(work, request, inOrder(ids, rows), selected);
}

/** The servers that a request names, each once. */
export function namedServers({ target_servers }: NewExecution): string[] {
  return [...new Set(target_servers)];
}

/**
 * Decides the rest: on which of the servers that were found.
 * @param selected by what they are
 * @throws ApiError not_found, invalid_request
 */
export function planOf(
  { rollout, applicableTags, ...work }: Work,
  request: NewExecution,
  named: readonly Candidate[],
  selected: readonly Candidate[] = [],
): Plan {
  const { targets, excluded } = chooseTargets(namedServers(request), named, selected, applicableTags);
  const timeoutSeconds = timeoutOfServers(request, targets) ?? work.timeoutSeconds;
  return { ...work, timeoutSeconds, targets, excluded, ...limitsOf(rollout, targets.length) };
}

/** The longest time-out that the servers want for what comes without a template and says none. */
function timeoutOfServers(request: NewExecution, targets: readonly Candidate[]): number | undefined {
  const { action_template_id, timeout_seconds = request.execution_config.timeout_seconds } = request;
  if (action_template_id !== undefined || timeout_seconds !== undefined) return undefined;
  const timeouts = targets.flatMap(({ timeout_default }) => timeout_default ?? []);
  return timeouts.length === 0 ? undefined : Math.max(...timeouts);
}

/** Decides all but the servers. @throws ApiError not_found, invalid_request */
export async function decideWork(connection: Connection, actions: ActionSource, request: NewExecution): Promise<Work> {
  const action =
    request.action_template_id === undefined ? undefined : await actions.get(request.action_template_id, connection);
  const operation = await operationOf(connection, request, action);
  const config = configOf(request, action, operation);
  const { timeout_seconds: timeoutSeconds, parallel_execution, ...policy } = config;
  return {
    actionId: action?.action_id ?? null,
    actionVersion: action?.version ?? null,
    actionType: action?.action_type ?? "execution",
    operation,
    timeoutSeconds,
    policy: { ...policy, idempotent: isIdempotent(config, operation), success_criteria: criteriaOf(request, action) },
    rollout: parallel_execution ? request.rollout : { ...request.rollout, parallelism: 1 },
    applicableTags: action?.applicable_server_tags ?? [],
  };
}

async function operationOf(
  connection: Connection,
  { operation, parameters, dry_run }: NewExecution,
  action: Action | undefined,
): Promise<Operation> {
  if (action !== undefined) {
    const rendered = rehearsed(await render(connection, action, parameters), dry_run);
    await refuseUnknownSecrets(connection, rendered);
    return rendered;
  }
  if (operation !== undefined) {
    refuseSecretsOf(operation);
    return rehearsed(operation, dry_run);
  }
  throw new ApiError("invalid_request", "give either an action or an operation");
}

function rehearsed(operation: Operation, dryRun: boolean): Operation {
  return dryRun ? { ...operation, dry_run: true } : operation;
}

function configOf(
  { execution_config, timeout_seconds }: NewExecution,
  action: Action | undefined,
  operation: Operation,
): ExecutionConfig {
  const given = timeout_seconds === undefined ? execution_config : { ...execution_config, timeout_seconds };
  const config = Config.parse({ ...action?.execution_config, ...given });
  const errors = policyFaults(config, operation).map(({ path, message }) => ({
    path: `body.execution_config.${path}`,
    message,
  }));
  if (errors.length > 0) throw new ApiError("invalid_request", "the execution cannot run like this", { errors });
  return config;
}

function criteriaOf({ success_criteria }: NewExecution, action: Action | undefined): SuccessCriteria {
  return success_criteria ?? action?.success_criteria ?? SuccessCriteria.parse({});
}

/** The limits that matter for so many servers; what never holds anything back is no limit. */
function limitsOf({ parallelism, batch_size, stop_after_failures }: Rollout, total: number) {
  const batchSize =
    typeof batch_size === "string" ? Math.ceil((total * Number.parseInt(batch_size, 10)) / 100) : batch_size;
  return {
    parallelism: parallelism === undefined || parallelism >= total ? null : parallelism,
    batchSize: batchSize === undefined || batchSize >= total ? null : batchSize,
    stopAfterFailures: stop_after_failures ?? null,
  };
}

function chooseTargets(
  ids: readonly string[],
  named: readonly Candidate[],
  found: readonly Candidate[],
  applicable: readonly string[],
) {
  refuseMissing(ids, named);
  const applies = ({ tags }: Candidate) => applicable.every((tag) => tags.includes(tag));
  refuseInapplicable(
    named.filter((server) => !applies(server)),
    applicable,
  );
  const known = new Set(ids);
  const selected = found.filter(({ server_id }) => !known.has(server_id));
  const targets = [...named, ...selected.filter(applies)];
  if (targets.length === 0) throw noTargets("no server fits what targets asks for, and the action");
  if (targets.length > MAX_TARGETS) throw noTargets(`more than ${MAX_TARGETS} servers fit: narrow it down`);
  return { targets, excluded: selected.filter((server) => !applies(server)) };
}

function refuseMissing(ids: readonly string[], found: readonly Candidate[]): void {
  const known = new Set(found.map(({ server_id }) => server_id));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length === 0) return;
  const more = missing.length > 10 ? ` and ${missing.length - 10} more` : "";
  throw new ApiError("not_found", `there is no server ${missing.slice(0, 10).join(", ")}${more}`);
}

function refuseInapplicable(servers: readonly Candidate[], applicable: readonly string[]): void {
  if (servers.length === 0) return;
  const names = servers.slice(0, 10).map(({ hostname }) => hostname);
  throw noTargets(`the action applies to servers with the tags ${applicable.join(", ")}: not to ${names.join(", ")}`);
}

function noTargets(message: string): ApiError {
  return new ApiError("invalid_request", message, { errors: [{ path: "body.targets", message }] });
}
