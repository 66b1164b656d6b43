import { ClientError, type NewSchedule, type Schedule, type ScheduleFire } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";

const { installation, url, client } = await startInstallation();

const { server } = await client.call("registerServer", { body: { hostname: "scheduled" } });
const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
const execution = { operation, target_servers: [server.server_id] };
const hourly = { type: "cron", expression: "0 * * * *" } as const;
let made = 0;

type Input = z.input<typeof NewSchedule>;

const parameters = { path: { type: "string" as const } };
const steps = [
  { name: "ask", gate: { message: "?" } },
  { name: "use", needs: ["ask"], execution: { ...execution, parameters: { path: "{{parameters.path}}" } } },
];
const { workflow_id } = await client.call("createWorkflow", { body: { name: "asking", parameters, steps } });
const workflow = { workflow_id, parameters: { path: "/srv" } };
/** Instead of an execution. */
const ofWorkflow = { execution: undefined, workflow };

async function schedule(more: Partial<Input> = {}, as = client): Promise<Schedule> {
  const body = { name: `schedule ${made++}`, timing: hourly, execution, ...more };
  return await as.call("createSchedule", { body });
}

const soon = () => ({ type: "once", at: new Date(Date.now() + 300).toISOString() }) as const;

const idsOf = (schedules: readonly Schedule[]) => schedules.map(({ schedule_id }) => `'${schedule_id}'`).join(", ");

/** Lets schedules have been due since a time, all at once: as if no orchestrator had run until now. */
async function dueSince(schedules: Schedule | readonly Schedule[], at: Date): Promise<void> {
  const time = at.toISOString();
  const ids = idsOf([schedules].flat());
  await installation.query(
    `update schedules set next_at = '${time}', due_at = '${time}' where schedule_id in (${ids})`,
  );
}

const fullHour = (ago: number) => new Date((Math.floor(Date.now() / 3_600_000) - ago) * 3_600_000);

async function fires({ schedule_id }: Schedule): Promise<ScheduleFire[]> {
  return (await client.call("listScheduleFires", { params: { schedule_id }, query: {} })).items;
}

async function fired(made: Schedule, count: number): Promise<ScheduleFire[]> {
  await eventually(async () => (await fires(made)).length === count, `it has fired ${count} times`);
  return await fires(made);
}

const refusal = async (call: Promise<unknown>) =>
  await call.then(
    () => undefined,
    (error: unknown) => (error instanceof ClientError ? error.problem : error),
  );

describe("a schedule", () => {
  test("starts its execution in the name of its owner, once", async () => {
    const operator = await installation.client(url, "operator");
    const once = await schedule({ timing: soon() }, operator);
    const [fire] = await fired(once, 1);
    expect(fire).toMatchObject({ outcome: "started", message: null });
    const execution_id = fire?.execution_id ?? "";
    const started = await client.call("getExecution", { params: { execution_id }, query: {} });
    expect(started).toMatchObject({ execution_type: "scheduled", initiated_by: "test operator" });
    const after = await client.call("getSchedule", { params: { schedule_id: once.schedule_id } });
    expect(after).toMatchObject({ next_fire: null, last_fire: { execution_id } });
    const audit = await client.call("listAudit", { query: { resource_id: execution_id } });
    expect(audit.items[0]).toMatchObject({
      actor: { type: "system", id: `schedule ${once.name}` },
      details: { schedule_id: once.schedule_id, initiated_by: "test operator" },
    });
  });

  test("starts a workflow in the name of its owner, as it is at that moment, with parameters that fit", async () => {
    const operator = await installation.client(url, "operator");
    const once = await schedule({ timing: soon(), ...ofWorkflow }, operator);
    const [fire] = await fired(once, 1);
    expect(fire).toMatchObject({ outcome: "started", execution_id: null, message: null });
    const run = await client.call("getWorkflowRun", { params: { run_id: fire?.run_id ?? "" } });
    expect(run).toMatchObject({
      workflow_id,
      initiated_by: "test operator",
      state: "waiting",
      parameters: { path: "/srv" },
    });
    const audit = await client.call("listAudit", { query: { resource_id: run.run_id } });
    expect(audit.items[0]).toMatchObject({
      event_type: "workflow.started",
      actor: { type: "system", id: `schedule ${once.name}` },
      details: { schedule_id: once.schedule_id, initiated_by: "test operator" },
    });
    const found = await client.call("listSchedules", { query: { workflow_id } });
    expect(found.items.map(({ name }) => name)).toEqual([once.name]);
    const unfit: [Partial<Input>, object][] = [
      [{ execution: undefined }, { errors: [{ message: "give either execution or workflow" }] }],
      [{ workflow }, { errors: [{ message: "give either execution or workflow" }] }],
      [
        { ...ofWorkflow, workflow: { workflow_id } },
        { errors: [{ path: "body.parameters.path", message: "required" }] },
      ],
      [{ ...ofWorkflow, workflow: { workflow_id: crypto.randomUUID() } }, { code: "not_found" }],
    ];
    for (const [body, problem] of unfit) expect(await refusal(schedule(body))).toMatchObject(problem);
  });

  test("says when it comes next, in its time zone, and is put off by its jitter", async () => {
    const timing = { type: "cron", expression: "30 4 * * *", time_zone: "Asia/Tokyo" } as const;
    const made = await schedule({ timing, jitter_seconds: 600 });
    const { fires: next } = await client.call("previewTiming", { body: { timing, count: 1 } });
    expect(next[0]).toMatch(/T19:30:00.000Z$/);
    const putOff = Date.parse(made.next_fire ?? "") - Date.parse(next[0] ?? "");
    expect(putOff).toBeGreaterThanOrEqual(0);
    expect(putOff).toBeLessThan(600_000);
  });

  test("that could never start anything is refused, with the reason", async () => {
    const reasons: [Partial<Input>, object][] = [
      [{ timing: { type: "cron", expression: "99 * * * *" } }, { path: "body.timing" }],
      [{ timing: { type: "cron", expression: "every day" } }, { path: "body.timing.expression" }],
      [{ timing: { type: "cron", expression: "0 0 30 2 *" } }, { message: "it would never be due" }],
      [{ timing: { type: "cron", expression: "@daily", time_zone: "Mars/Base" } }, { path: "body.timing.time_zone" }],
      [{ timing: { type: "once", at: "2020-01-01T00:00:00Z" } }, { message: "it would never be due" }],
      [{ jitter_seconds: 3_600 }, { path: "body.jitter_seconds" }],
    ];
    for (const [body, error] of reasons) {
      expect(await refusal(schedule(body))).toMatchObject({ code: "invalid_request", errors: [error] });
    }
    const unknown = { target_servers: execution.target_servers, action_template_id: crypto.randomUUID() };
    expect(await refusal(schedule({ execution: unknown }))).toMatchObject({ code: "not_found" });
    const { name } = await schedule();
    expect(await refusal(schedule({ name }))).toMatchObject({ code: "conflict" });
  });

  test("is paused, changed in the version that was seen, and deleted", async () => {
    const made = await schedule();
    const params = { schedule_id: made.schedule_id };
    const body = { name: made.name, timing: hourly, execution, paused: true };
    const paused = await client.call("updateSchedule", { params, body, version: 1 });
    expect(paused).toMatchObject({ version: 2, paused: true, next_fire: null });
    expect(await refusal(client.call("updateSchedule", { params, body, version: 1 }))).toMatchObject({
      code: "precondition_failed",
    });
    await client.call("deleteSchedule", { params });
    expect(await refusal(client.call("getSchedule", { params }))).toMatchObject({ code: "not_found" });
  });

  test("belongs to a tenant alone", async () => {
    const { schedule_id } = await schedule();
    const other = await installation.client(url, "admin", "other");
    expect(await refusal(other.call("getSchedule", { params: { schedule_id } }))).toMatchObject({ code: "not_found" });
    expect((await other.call("listSchedules", { query: {} })).items).toEqual([]);
  });
});

describe("times at which no orchestrator ran", () => {
  test("are made up for by one start", async () => {
    const made = await schedule({ catch_up: "latest" });
    await dueSince(made, fullHour(5));
    const [fire] = await fired(made, 1);
    expect(fire).toMatchObject({ outcome: "started", scheduled_at: fullHour(0).toISOString() });
  });

  test("or by one start for each", async () => {
    const made = await schedule({ catch_up: "all", overlap: "allow" });
    await dueSince(made, fullHour(14));
    const all = await fired(made, 15);
    expect(all.map(({ scheduled_at }) => scheduled_at)).toEqual(
      Array.from({ length: 15 }, (_, hours) => fullHour(hours).toISOString()),
    );
    expect(new Set(all.map(({ execution_id }) => execution_id)).size).toBe(15);
  });

  test("or not at all, which is recorded", async () => {
    // Once a day, half a day ago.
    const hour = fullHour(12).getUTCHours();
    const made = await schedule({ catch_up: "skip", timing: { type: "cron", expression: `0 ${hour} * * *` } });
    await dueSince(made, fullHour(36));
    const [fire] = await fired(made, 1);
    expect(fire).toMatchObject({ outcome: "missed", scheduled_at: fullHour(12).toISOString(), execution_id: null });
    const after = await client.call("getSchedule", { params: { schedule_id: made.schedule_id } });
    expect(Date.parse(after.next_fire ?? "")).toBe(fullHour(-12).getTime());
  });
});

describe("a time", () => {
  test("is left out while the execution before it is still going on", async () => {
    const made = await schedule();
    await dueSince(made, fullHour(1));
    await fired(made, 1);
    // The server has no agent: what was started waits. The same hour again would be the same time.
    await installation.query("update schedule_fires set scheduled_at = scheduled_at - interval '1 hour'");
    await dueSince(made, fullHour(0));
    const [second] = await fired(made, 2);
    expect(second).toMatchObject({ outcome: "skipped", execution_id: null });
  });

  test("is left out while the run of its workflow is still going on, and begins again when that has ended", async () => {
    const made = await schedule(ofWorkflow);
    await dueSince(made, fullHour(2));
    const [first] = await fired(made, 1);
    const earlier = (hours: number) =>
      installation.query(
        `update schedule_fires set scheduled_at = scheduled_at - interval '${hours} hours' where schedule_id = '${made.schedule_id}'`,
      );
    await earlier(2);
    await dueSince(made, fullHour(0));
    expect((await fired(made, 2))[0]).toMatchObject({ outcome: "skipped", run_id: null });
    await client.call("cancelWorkflowRun", { params: { run_id: first?.run_id ?? "" } });
    await earlier(1);
    await dueSince(made, fullHour(0));
    expect((await fired(made, 3))[0]).toMatchObject({ outcome: "started", run_id: expect.any(String) });
  });

  test("whose execution cannot be started says why, and the next one follows", async () => {
    const { server: gone } = await client.call("registerServer", { body: { hostname: "gone" } });
    const made = await schedule({ execution: { ...execution, target_servers: [gone.server_id] } });
    await client.call("deleteServer", { params: { server_id: gone.server_id } });
    await dueSince(made, fullHour(0));
    const [fire] = await fired(made, 1);
    expect(fire).toMatchObject({ outcome: "failed", message: `there is no server ${gone.server_id}` });
    const after = await client.call("getSchedule", { params: { schedule_id: made.schedule_id } });
    expect(after.next_fire).toBe(fullHour(-1).toISOString());
  });

  test("fires once, also when the schedule was changed by a clock that was behind", async () => {
    const made = await schedule({ catch_up: "all", overlap: "allow" });
    await dueSince(made, fullHour(3));
    const before = await fired(made, 4);
    await dueSince(made, fullHour(4));
    expect(await fired(made, 5)).toEqual([...before, expect.objectContaining({ outcome: "started" })]);
    const started = `select from audit_events where actor ->> 'id' = 'schedule ${made.name}'`;
    expect(await installation.rows(started, "*")).toHaveLength(5);
    const { schedule_id } = made;
    const { next_fire } = await client.call("getSchedule", { params: { schedule_id } });
    expect(next_fire).toBe(fullHour(-1).toISOString());
  });

  test("fires once, with several orchestrators whose database connections break meanwhile", async () => {
    const others = [await installation.start(), await installation.start()];
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, index) => schedule(index % 2 === 0 ? ofWorkflow : {})),
    );
    await dueSince(all, fullHour(0));
    const started = async () =>
      await installation.rows(
        `select f.schedule_id from schedule_fires f
         where (f.execution_id in (select execution_id from executions) or f.run_id in (select run_id from workflow_runs))
           and f.schedule_id in (${idsOf(all)})`,
        "*",
      );
    await eventually(async () => (await started()).length > 0, "the first have fired");
    await installation.breakConnections();
    await eventually(async () => (await started()).length >= all.length, "all have fired");
    await Promise.all(others.map(({ stop }) => stop()));
    const names = all.map(({ name }) => `'schedule ${name}'`).join(", ");
    const [row] = await installation.rows(
      `select count(*)::int as count from audit_events
       where event_type in ('execution.started', 'workflow.started') and actor ->> 'id' in (${names})`,
      "*",
    );
    expect(row).toEqual({ count: all.length });
  });
});
