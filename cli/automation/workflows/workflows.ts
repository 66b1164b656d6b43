import { UserError } from "@homeslice/config/errors.ts";
import { type Client, ClientError, everything } from "@homeslice/protocol/client.ts";
import type { ParameterDefinition, Parameters, ParameterValue } from "@homeslice/protocol/parameters.ts";
import {
  type RunState,
  type Workflow,
  type WorkflowRun,
  WorkflowRunId,
  type WorkflowRunSummary,
} from "@homeslice/protocol/workflows.ts";
import { invalidOption } from "../../local/options.ts";

/** Workflows and their runs, as the command line asks for them. Every method throws UserError `workflows.refused`, `workflows.unreachable` */
export class Workflows {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async list(search?: string): Promise<Workflow[]> {
    const wanted = { sort: "name" as const, ...(search === undefined ? {} : { search }) };
    return await everything((query) => this.#client.call("listWorkflows", { query: { ...query, ...wanted } })).catch(
      refuse,
    );
  }

  /** The newest runs. */
  async runs(limit: number, state?: RunState): Promise<WorkflowRunSummary[]> {
    const query = { limit, ...(state === undefined ? {} : { state }) };
    return (await this.#client.call("listWorkflowRuns", { query }).catch(refuse)).items;
  }

  async run(id: string): Promise<WorkflowRun> {
    return await this.#client.call("getWorkflowRun", { params: parseRun(id) }).catch(refuse);
  }

  /**
   * @param given `NAME=VALUE` each; a list is given item by item
   * @throws UserError `workflows.unknown`, `option.invalid`
   */
  async start(name: string, given: readonly string[]): Promise<WorkflowRun> {
    const found = (await this.list()).find((workflow) => workflow.name === name || workflow.workflow_id === name);
    if (found === undefined) {
      const what = `there is no workflow named ${JSON.stringify(name)}`;
      throw new UserError({ code: "workflows.unknown", what, fix: "Give one of ./homeslice workflows list." });
    }
    const request = {
      params: { workflow_id: found.workflow_id },
      body: { parameters: parseParameters(found.parameters, given) },
      idempotencyKey: crypto.randomUUID(),
    };
    return await this.#client.call("startWorkflow", request).catch(refuse);
  }

  async cancel(id: string): Promise<WorkflowRun> {
    return await this.#client.call("cancelWorkflowRun", { params: parseRun(id) }).catch(refuse);
  }

  async resume(id: string): Promise<WorkflowRun> {
    return await this.#client.call("resumeWorkflowRun", { params: parseRun(id) }).catch(refuse);
  }

  async decide(id: string, step: string, decision: "approve" | "refuse", reason: string): Promise<WorkflowRun> {
    const params = { ...parseRun(id), step };
    return await this.#client.call("decideGate", { params, body: { decision, reason } }).catch(refuse);
  }
}

function parseRun(text: string): { run_id: string } {
  const id = WorkflowRunId.safeParse(text);
  if (id.success) return { run_id: id.data };
  throw invalidOption(
    "run",
    `${JSON.stringify(text)} is not the id of a run`,
    "Give one of ./homeslice workflows runs.",
  );
}

/** Values as people write them, of the types that the workflow wants. @throws UserError `option.invalid` */
export function parseParameters(
  defined: Readonly<Record<string, ParameterDefinition>>,
  given: readonly string[],
): Parameters {
  const parameters: Record<string, ParameterValue> = {};
  for (const text of given) {
    const [, name, value = ""] = /^([a-z][a-z0-9_]*)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) {
      throw invalidOption("--parameter", `${JSON.stringify(text)} is no parameter`, "Give NAME=VALUE.");
    }
    const definition = defined[name];
    const before = parameters[name];
    const item = typed(value, definition?.items?.type ?? definition?.type);
    if (definition?.type === "list") parameters[name] = [...(Array.isArray(before) ? before : []), item];
    else parameters[name] = item;
  }
  return parameters;
}

/** What is not of its type stays text: the orchestrator says what it has to be. */
function typed(text: string, type: ParameterDefinition["type"] | undefined): string | number | boolean {
  if ((type === "integer" || type === "number") && /^-?\d/.test(text) && Number.isFinite(Number(text)))
    return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

/** The code of what passes by itself: the orchestrator is starting, or out of reach for a moment. */
export const UNREACHABLE = "workflows.unreachable";

function refuse(error: unknown): never {
  if (!(error instanceof ClientError)) throw error;
  const { message, problem } = error;
  const faults = (problem.errors ?? []).map(({ path, message: fault }) => `; ${path.replace(/^body\./, "")}: ${fault}`);
  throw new UserError({
    code: problem.status === 0 || problem.status >= 500 ? UNREACHABLE : "workflows.refused",
    what: message + faults.join(""),
    fix: problem.fix ?? "See ./homeslice workflows list and runs, and ./homeslice status.",
  });
}
