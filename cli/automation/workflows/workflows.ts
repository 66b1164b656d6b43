import { type Client, everything } from "@homeslice/protocol/client.ts";
import type { ParameterDefinition, Parameters, ParameterValue } from "@homeslice/protocol/parameters.ts";
import type { RunState, Workflow, WorkflowRun, WorkflowRunSummary } from "@homeslice/protocol/workflows.ts";
import { invalidOption } from "../../local/options.ts";
import { explaining } from "../client.ts";
import { named, parseId } from "../lookup.ts";

/** Workflows and their runs, as the command line asks for them. Every method throws UserError `workflows.refused`, `workflows.unreachable` */
export class Workflows {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = explaining(client, "workflows");
  }

  async list(search?: string): Promise<Workflow[]> {
    return await everything((page) => this.#client.call("listWorkflows", { query: { ...page, sort: "name", search } }));
  }

  /** The newest runs. */
  async runs(limit: number, state?: RunState): Promise<WorkflowRunSummary[]> {
    return (await this.#client.call("listWorkflowRuns", { query: { limit, state } })).items;
  }

  async run(id: string): Promise<WorkflowRun> {
    return await this.#client.call("getWorkflowRun", { params: parseRun(id) });
  }

  /**
   * @param given `NAME=VALUE` each; a list is given item by item
   * @throws UserError `workflows.unknown`, `option.invalid`
   */
  async start(name: string, given: readonly string[]): Promise<WorkflowRun> {
    const wanted = { concern: "workflows", noun: "workflow" };
    const found = named(wanted, await this.list(), name, ({ workflow_id }) => workflow_id);
    const request = {
      params: { workflow_id: found.workflow_id },
      body: { parameters: parseParameters(found.parameters, given) },
      idempotencyKey: crypto.randomUUID(),
    };
    return await this.#client.call("startWorkflow", request);
  }

  async cancel(id: string): Promise<WorkflowRun> {
    return await this.#client.call("cancelWorkflowRun", { params: parseRun(id) });
  }

  async resume(id: string): Promise<WorkflowRun> {
    return await this.#client.call("resumeWorkflowRun", { params: parseRun(id) });
  }

  async decide(id: string, step: string, decision: "approve" | "refuse", reason: string): Promise<WorkflowRun> {
    const params = { ...parseRun(id), step };
    return await this.#client.call("decideGate", { params, body: { decision, reason } });
  }
}

const parseRun = (text: string) => ({
  run_id: parseId({ concern: "workflows", noun: "run", list: "workflows runs" }, text),
});

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
