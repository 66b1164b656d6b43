import { randomBytes } from "node:crypto";
import { verifyJob } from "@homeslice/agent/jobs/verify.ts";
import {
  type AgentMessage,
  type Client,
  ClientError,
  closeCode,
  createClient,
  DEFAULT_TENANT,
  decodePublicKey,
  encodePublicKey,
  generateKeyPair,
  LINK_PATH,
  LINK_VERSION,
  mintToken,
} from "@homeslice/protocol";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent, TestLink } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();

const register = async (hostname = "box") => await client.call("registerServer", { body: { hostname } });

const codeOf = async (promise: Promise<unknown>) =>
  await promise.then(
    () => "no error",
    (error: unknown) => (error instanceof ClientError ? error.problem.code : String(error)),
  );

test("a registered server is unreachable until its agent has enrolled and connected", async () => {
  const { server, enrolment_token } = await register();
  expect(server.status.current).toBe("unreachable");
  const agent = await TestAgent.enrol(url, enrolment_token);
  expect(agent.serverId).toBe(server.server_id);
  const link = await agent.connect(url);
  await link.receive("welcome");
  const health = await client.call("getServerHealth", { params: { server_id: server.server_id } });
  expect(health).toMatchObject({ healthy: true, running_executions: 0, status: { current: "idle" } });
  expect(health.status.last_heartbeat).not.toBeNull();
});

test("an enrolment token works once, and a wrong one never", async () => {
  const { enrolment_token } = await register();
  await TestAgent.enrol(url, enrolment_token);
  expect(await codeOf(TestAgent.enrol(url, enrolment_token))).toBe("not_authenticated");
  expect(await codeOf(TestAgent.enrol(url, "x".repeat(43)))).toBe("not_authenticated");
});

test("of many that use one token at the same time, one gets in", async () => {
  const { enrolment_token } = await register();
  const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(TestAgent.enrol(url, enrolment_token))));
  expect(codes.filter((code) => code === "no error")).toHaveLength(1);
});

test("an enrolment token is over after its time", async () => {
  const late = await installation.start({ enrolmentMs: -1 });
  const registered = await (await installation.client(late.url)).call("registerServer", { body: { hostname: "late" } });
  expect(await codeOf(TestAgent.enrol(late.url, registered.enrolment_token))).toBe("not_authenticated");
});

test("the secret of the cluster enrols any number of nodes, each as a server of its own", async () => {
  const [one, two] = [
    await TestAgent.enrol(url, installation.clusterEnrolment),
    await TestAgent.enrol(url, installation.clusterEnrolment),
  ];
  expect(one.serverId).not.toBe(two.serverId);
});

test("S58: a key that is no Ed25519 key is refused with its place", async () => {
  const { enrolment_token } = await register();
  const body = { token: enrolment_token, public_key: "AAAA", hostname: "box" };
  const error: unknown = await createClient({ url })
    .call("enrolAgent", { body })
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ClientError);
  expect(error).toMatchObject({ problem: { code: "invalid_request", errors: [{ path: "body.public_key" }] } });
});

test("S58: two servers cannot share a key", async () => {
  const public_key = encodePublicKey(generateKeyPair().publicKey);
  const codes: string[] = [];
  for (const hostname of ["one", "two"]) {
    const { enrolment_token } = await register(hostname);
    const body = { token: enrolment_token, public_key, hostname };
    codes.push(await codeOf(createClient({ url }).call("enrolAgent", { body })));
  }
  expect(codes).toEqual(["no error", "conflict"]);
});

test("S59: an agent without the key of its server is not let in", async () => {
  const { enrolment_token } = await register();
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.impostor().connect(url);
  await eventually(() => link.closed === closeCode.not_authenticated, "the impostor is cut off");
  expect(link.received.map(({ type }) => type)).not.toContain("welcome");
});

test("S35: every frame of the link is for a server that has proven itself, and about its own work", async () => {
  const [owner, other] = [await TestAgent.enrol(url, (await register()).enrolment_token), await register("other")];
  const link = await owner.connect(url);
  await link.receive("welcome");
  const params = { server_id: owner.serverId };
  const body = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };
  await client.call("startServerExecution", { params, body });
  const { execution_id, fence } = await link.job();
  const [attempt, at] = [{ execution_id, fence }, new Date().toISOString()];
  const line = { seq: 1, stream: "stdout" as const, text: "forged", at };
  const end = { outcome: "exited" as const, exit_code: 0, error: null, last_seq: 0, duration_seconds: 1 };
  const status = { uptime_seconds: 7, load_average: [7, 7, 7], memory_usage_percent: 7, disk_usage_percent: 7 };
  // A new kind of frame has to be added here.
  const frames: Record<Exclude<AgentMessage["type"], "hello">, object> = {
    heartbeat: { status },
    accepted: attempt,
    started: { ...attempt, started_at: at },
    output: { ...attempt, lines: [line] },
    finished: { ...attempt, ...end },
  };
  const agent = await TestAgent.enrol(url, other.enrolment_token);
  for (const [type, fields] of Object.entries(frames)) {
    const frame = JSON.stringify({ v: LINK_VERSION, type, ...fields });
    const nobody = new TestLink(new WebSocket(url.replace("http", "ws") + LINK_PATH));
    await nobody.receive("challenge");
    nobody.sendRaw(frame);
    await eventually(() => nobody.closed !== undefined, `nobody is heard who sends ${type}`);
    const foreign = await agent.connect(url);
    await foreign.receive("welcome");
    foreign.sendRaw(frame);
    foreign.sendRaw("what ends a link, after what came before was heard");
    await eventually(() => foreign.closed !== undefined, `the link is closed after ${type}`);
  }
  await (await agent.connect(url)).receive("welcome");
  const execution = await client.call("getExecution", { params: { execution_id } });
  expect([execution.status.overall, execution.logs.entries_count]).toEqual(["dispatched", 0]);
  const { status: shown } = await client.call("getServer", { params });
  expect(shown.uptime_seconds).not.toBe(status.uptime_seconds);
  link.finish(attempt, 0, 0);
  await link.receive("settled");
});

test("S59: deleting a server cuts its agent off at once and for good, and loses what it had to do", async () => {
  const { server, enrolment_token } = await register();
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.connect(url);
  await link.receive("welcome");
  const params = { server_id: server.server_id };
  const body = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };
  const { execution_id } = await client.call("startServerExecution", { params, body });
  await link.job();
  await client.call("deleteServer", { params });
  await eventually(() => link.closed === closeCode.not_authenticated, "the link is closed");
  const again = await agent.connect(url);
  await eventually(() => again.closed === closeCode.not_authenticated, "the agent is not let in again");
  const execution = await client.call("getExecution", { params: { execution_id } });
  expect(execution.status.overall).toBe("lost");
  expect(await codeOf(client.call("getServer", { params }))).toBe("not_found");
});

test("an agent that speaks no version of the link that the orchestrator knows is told so, and one that names none is served", async () => {
  const { enrolment_token } = await register();
  const agent = await TestAgent.enrol(url, enrolment_token);
  const stranger = await agent.connect(url, [], [99]);
  await eventually(() => stranger.closed === closeCode.no_common_version, "the versions are refused");
  await (await agent.connect(url)).receive("welcome");
  await (await agent.connect(url, [], [99, 1])).receive("welcome");
});

test("SF4: with another key of the installation, agents of before still prove who they are, and take no job until they enrol anew", async () => {
  const secret = randomBytes(48);
  installation.with = { secret, sealingSecrets: [installation.secret] };
  const { url: rotated } = await installation.start();
  installation.with = {};
  const enrol = async (at: string, admin: Client) => {
    const { enrolment_token } = await admin.call("registerServer", { body: { hostname: "box" } });
    const { publicKey, privateKey } = generateKeyPair();
    const body = { token: enrolment_token, public_key: encodePublicKey(publicKey), hostname: "box" };
    const { server_id: serverId, orchestrator_key } = await createClient({ url: at }).call("enrolAgent", { body });
    const agent = TestAgent.of(serverId, privateKey);
    return { agent, trust: { serverId, orchestratorKey: decodePublicKey(orchestrator_key) } };
  };
  const token = await mintToken(secret, { subject: "test admin", role: "admin", tenant: DEFAULT_TENANT }, 600);
  const admin = createClient({ url: rotated, token });
  const jobFor = async (agent: TestAgent) => {
    const link = await agent.connect(rotated);
    await link.receive("welcome");
    const params = { server_id: agent.serverId };
    await admin.call("startServerExecution", {
      params,
      body: { operation: { type: "shell_command", argv: ["true"] } },
    });
    return (await link.receive("run")).job;
  };
  const before = await enrol(url, client);
  const refused = verifyJob(await jobFor(before.agent), before.trust, new Date());
  expect(refused).toMatchObject({ ok: false, reason: expect.stringContaining("not that of the orchestrator") });
  const after = await enrol(rotated, admin);
  expect(verifyJob(await jobFor(after.agent), after.trust, new Date())).toMatchObject({ ok: true });
});
