import type { Execution, NewExecution } from "@homeslice/protocol";
import { beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

// A start is answered with what was stored, without looking: it has to be what whoever looks sees.

const { url, client } = await startInstallation();

type Body = z.input<typeof NewExecution>;

const operation = { type: "shell_command", argv: ["echo", "é\u{1F355}"] } satisfies Body["operation"];
const servers: string[] = [];
let action_template_id: string;

beforeAll(async () => {
  for (const hostname of ["one", "two", "three", "four"]) {
    const { server } = await client.call("registerServer", { body: { hostname, environment: "staging" } });
    servers.unshift(server.server_id);
  }
  const templated = { type: "shell_command", argv: ["echo", "{{ what }}"] } satisfies Body["operation"];
  const action = { name: "say", operation: templated, parameters: { what: { type: "string" as const } } };
  action_template_id = (await client.call("createAction", { body: action })).action_id;
});

async function read({ execution_id }: Execution): Promise<Execution> {
  return await client.call("getExecution", { params: { execution_id } });
}

const requests: Record<string, () => Body> = {
  "one server": () => ({ target_servers: servers.slice(0, 1), operation }),
  "what is not usual": () => ({
    ...{ target_servers: servers.slice(0, 2), operation, priority: 9, queue_expires_seconds: 77 },
    ...{ batch_id: "0199aaaa-0000-7000-8000-000000000001", dry_run: true },
    execution_config: { timeout_seconds: 12, retry_count: 2, idempotent: true },
  }),
  "several servers in batches": () => ({
    target_servers: servers,
    operation,
    rollout: { batch_size: 2, parallelism: 1 },
  }),
  "servers by what they are": () => ({ targets: { environments: ["staging"] }, operation }),
  "an action": () => ({ target_servers: servers.slice(0, 1), action_template_id, parameters: { what: 'a "word"' } }),
};

test.each(Object.keys(requests))("a start on %s is answered with what is read of it", async (kind) => {
  const answer = await client.call("startExecution", { body: requests[kind]?.() ?? {} });
  expect(answer.status.overall).toBe("queued");
  expect(answer).toEqual(await read(answer));
});

test("a start that waits for approval is answered with what is read of it", async () => {
  const rule = { name: "ask", environments: ["staging" as const] };
  const { rule_id } = await client.call("createApprovalRule", { body: rule });
  const answer = await client.call("startExecution", { body: { target_servers: servers.slice(0, 1), operation } });
  await client.call("deleteApprovalRule", { params: { rule_id } });
  expect(answer.approval).toBe("pending");
  expect(answer).toEqual(await read(answer));
});

test("another try is answered with what is read of it", async () => {
  const { execution_id } = await client.call("startExecution", { body: { target_servers: servers, operation } });
  await client.call("cancelExecution", { params: { execution_id } });
  const answer = await client.call("retryExecution", { params: { execution_id } });
  expect(answer.retry_of).toBe(execution_id);
  expect(answer).toEqual(await read(answer));
});

test("a start whose work goes out at once is answered with what is read of it", async () => {
  let answer: Execution | undefined;
  await eventually(async () => {
    // Each server has an agent that says nothing, so nothing changes.
    const { enrolment_token } = await client.call("registerServer", { body: { hostname: "at-once" } });
    const agent = await TestAgent.enrol(url, enrolment_token);
    await (await agent.connect(url)).receive("welcome");
    answer = await client.call("startExecution", { body: { target_servers: [agent.serverId], operation } });
    return answer.status.overall === "dispatched";
  }, "a start claims its own work");
  expect(answer?.results.details[0]?.attempt).toBe(1);
  expect(answer).toEqual(answer && (await read(answer)));
});
