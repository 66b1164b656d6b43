import type { Page } from "playwright-core";
import type { Stage } from "../../e2e/dashboard/stage.ts";
import { followIn, printInto, withBarePage } from "./bare.ts";
import { type Gate, makeGate, type Printing, printer } from "./printer.ts";

/** Looks at what is printed in a page. */
type Look<Result> = (page: Page, printing: Printing, gate: Gate) => Promise<Result>;

/** Lets the agent print, and looks at the page of that execution. */
export async function inDashboard<Result>(stage: Stage, printing: Printing, look: Look<Result>): Promise<Result> {
  return await whileRunning(stage, printing, (id, gate) =>
    stage.visit(`/executions/${id}`, (page) => look(page, printing, gate)),
  );
}

/** Lets the agent print the same, beside a page that only takes what comes: what it suffers, the machine does to any page. */
export async function besideTheSame<Result>(stage: Stage, printing: Printing, look: Look<Result>): Promise<Result> {
  return await whileRunning(stage, printing, (id, gate) =>
    withBarePage(stage, async (page) => {
      await followIn(page, id);
      return await look(page, printing, gate);
    }),
  );
}

async function whileRunning<Result>(
  stage: Stage,
  printing: Printing,
  act: (executionId: string, gate: Gate) => Promise<Result>,
): Promise<Result> {
  const gate = await makeGate();
  try {
    const operation = { type: "shell_command" as const, argv: printer(printing, gate) };
    const body = { target_servers: [stage.agent.serverId], operation };
    const { execution_id } = await stage.client.call("startExecution", { body });
    return await act(execution_id, gate);
  } finally {
    gate.close();
  }
}

/** Prints the same into a bare page. */
export async function inBarePage<Result>(stage: Stage, printing: Printing, look: Look<Result>): Promise<Result> {
  const gate = await makeGate();
  try {
    return await withBarePage(stage, async (page) => {
      const end = await printInto(page, printing, gate);
      const result = await look(page, printing, gate);
      await end();
      return result;
    });
  } finally {
    gate.close();
  }
}
