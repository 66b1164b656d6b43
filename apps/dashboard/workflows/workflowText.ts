import { z } from "zod";

/** What is said when nothing else is: it need not be written. */
const execution = {
  parameters: {},
  dry_run: false,
  execution_config: {},
  priority: 5,
  queue_expires_seconds: 86_400,
  target_servers: [],
  rollout: {},
};
const gate = { role: "approver", by_others: true, expires_after_seconds: 86_400 };
const step = { description: "", needs: [], when: "succeeded", outputs: {} };

/** A workflow, also one that is being written. */
interface Written {
  readonly steps: readonly { readonly execution?: object | undefined; readonly gate?: object | undefined }[];
}

/** A workflow as text that people edit: JSON, without what is said when nothing else is. */
export function textOf({ steps, ...head }: Written): string {
  const short = {
    ...without(head, { description: "", parameters: {} }),
    steps: steps.map((one) => ({
      ...without(one, step),
      ...(one.execution && { execution: without(one.execution, execution) }),
      ...(one.gate && { gate: without(one.gate, gate) }),
    })),
  };
  return JSON.stringify(short, null, 2);
}

/** What a text says, or why it says nothing. */
export function readText(text: string): { readonly value?: unknown; readonly fault?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

const Drawn = z.object({
  steps: z.array(z.object({ name: z.string(), needs: z.array(z.string()).catch([]), gate: z.unknown().optional() })),
});

/** The steps of what is to become a workflow, as far as they can be drawn already. */
export function drawnSteps(value: unknown) {
  const steps = Drawn.safeParse(value).data?.steps ?? [];
  return steps.map(
    ({ name, needs, gate }) => ({ name, needs, kind: gate === undefined ? "execution" : "gate" }) as const,
  );
}

function without(object: object, defaults: Readonly<Record<string, unknown>>): object {
  const isDefault = (name: string, value: unknown) => JSON.stringify(defaults[name]) === JSON.stringify(value);
  return Object.fromEntries(
    Object.entries(object).filter(([name, value]) => !Object.hasOwn(defaults, name) || !isDefault(name, value)),
  );
}
