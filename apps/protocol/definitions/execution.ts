import { z } from "zod";
import { NewExecution } from "../executions.ts";
import type { Names } from "./session.ts";

/** Stands for an id while a definition is checked: files name things by their names. */
const SOME_ID = "00000000-0000-4000-8000-000000000000";

/** What a schedule starts, as a file says it: the action by its name, and servers by what they are, wherever that is. */
export const PortableExecution = z
  .looseObject({
    action: z.string().min(1).optional(),
    action_template_id: z.undefined("name the action instead, as action").optional(),
    target_servers: z.undefined("choose servers by what they are instead, by targets").optional(),
  })
  .transform(({ action, ...rest }, context) => {
    const parsed = NewExecution.safeParse({ ...rest, ...(action && { action_template_id: SOME_ID }) });
    if (parsed.success) return portable(parsed.data, action);
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  });
export type PortableExecution = z.output<typeof PortableExecution>;

/** What the API is asked for. */
export function toExecution({ action, ...rest }: PortableExecution, names: Names): z.input<typeof NewExecution> {
  return action === undefined ? rest : { ...rest, action_template_id: names.idOf("Action", action) };
}

/** The reverse: servers that were chosen one by one are left out, for they are nowhere else. */
export function fromExecution(execution: NewExecution, names: Names): PortableExecution {
  const { action_template_id: id } = execution;
  return portable(execution, id === undefined ? undefined : names.nameOf("Action", id));
}

function portable(execution: NewExecution, action: string | undefined) {
  const { action_template_id: _id, target_servers: _servers, ...rest } = execution;
  return { ...rest, ...(action === undefined ? {} : { action }) };
}
