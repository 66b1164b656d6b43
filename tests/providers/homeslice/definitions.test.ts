import { HomesliceProvider } from "@homeslice/provider/provider.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startInstallation } from "../../apps/orchestrator/harness.ts";
import { type ApiServerOptions, leadTo, startApiServer } from "../tunnel/apiServer.ts";

const { installation, url, client } = await startInstallation();
const namespace = "/api/v1/namespaces/home";
const service = `${namespace}/services/orchestrator`;
const pods = `${namespace}/pods`;
const ready = { type: "Ready", status: "True" };

let cluster: Awaited<ReturnType<typeof startApiServer>>;
let answers: ApiServerOptions["answers"];
let provider: HomesliceProvider;

const call = {
  urn: "urn:sample",
  type: "homeslice:automation:Action",
  name: "sample",
  log: () => undefined,
  timeoutMs: undefined,
};

beforeEach(async () => {
  answers = {
    [namespace]: [200, { metadata: { name: "home" } }],
    [service]: [200, { spec: { selector: { app: "orchestrator" }, ports: [{ port: 8080 }] } }],
    [pods]: [200, { items: [{ metadata: { name: "orchestrator-0" }, status: { conditions: [ready] } }] }],
    [`${pods}/orchestrator-0/portforward`]: [101, undefined],
  };
  cluster = await startApiServer({ answers, onForward: leadTo(Number(new URL(url).port)) });
  const { kubeconfig } = cluster;
  const orchestrator = JSON.stringify({ namespace: "home", kubeconfig, key: installation.secret.toString() });
  provider = new HomesliceProvider();
  await provider.configure({ orchestrator });
});

afterEach(() => cluster.stop());

async function checked(given: { name: string; operation: { type: string; argv: string[] } }) {
  const { inputs, failures = [] } = await provider.check({
    ...call,
    oldInputs: {},
    inputs: given,
    seed: new Uint8Array(),
  });
  expect(failures).toEqual([]);
  return inputs;
}

test("a definition lives its life through the API server of the cluster, by tokens made of the installation's secret", async () => {
  const inputs = await checked({ name: "clean up", operation: { type: "shell_command", argv: ["true"] } });
  const { id, outputs } = await provider.create({ ...call, inputs, preview: false });
  const old = { id, oldInputs: inputs, oldOutputs: outputs };
  expect((await provider.read({ ...call, ...old }))?.inputs).toEqual(inputs);
  const { items } = await client.call("listActions", { query: {} });
  expect(items.map(({ name, metadata }) => [name, metadata.created_by])).toEqual([["clean up", "pulumi"]]);
  await provider.delete({ ...call, ...old });
  expect(await provider.read({ ...call, ...old })).toBeUndefined();
});

test("a role of a group is one of them", async () => {
  const ofRoles = { ...call, type: "homeslice:automation:RoleBinding" };
  const given = { name: "night-shift", role: "operator" };
  const asked = { ...ofRoles, oldInputs: {}, inputs: given, seed: new Uint8Array() };
  const { inputs, failures = [] } = await provider.check(asked);
  expect(failures).toEqual([]);
  const { id, outputs } = await provider.create({ ...ofRoles, inputs, preview: false });
  const held = async () => (await client.call("listRoleBindings")).items.map(({ name, role }) => [name, role]);
  expect(await held()).toEqual([["night-shift", "operator"]]);
  await provider.delete({ ...ofRoles, id, oldInputs: inputs, oldOutputs: outputs });
  expect(await held()).toEqual([]);
  const unknown = await provider.check({ ...asked, inputs: { ...given, role: "owner" } });
  expect(unknown.failures).toMatchObject([{ property: "role" }]);
});

test("while no orchestrator runs, a refresh leaves things as they were, and a deletion is done", async () => {
  const inputs = await checked({ name: "tidy", operation: { type: "shell_command", argv: ["true"] } });
  answers[service] = [404, { kind: "Status", message: "not found" }];
  const old = { id: crypto.randomUUID(), oldInputs: inputs, oldOutputs: inputs };
  expect((await provider.read({ ...call, ...old }))?.inputs).toEqual(inputs);
  await provider.delete({ ...call, ...old });
  answers[namespace] = [404, { kind: "Status", message: "not found" }];
  expect(await provider.read({ ...call, ...old })).toBeUndefined();
});

test.each([
  [{ url: "https://a.example.org", namespace: "home", token: "t" }, "give the url, or the namespace"],
  [{ url: "https://a.example.org" }, "give a token, or the key"],
  [{ namespace: "home", key: "short" }, "orchestrator.key"],
])("a connection that cannot be meant is refused, without its secrets: %j", async (settings, reason) => {
  const { failures = [] } = await provider.checkConfig({ orchestrator: JSON.stringify(settings) });
  expect(failures.map((failure) => failure.reason).join("\n")).toContain(reason);
});

test("another address is another orchestrator, and another secret is not", () => {
  const settings = (more: object) => ({
    orchestrator: JSON.stringify({ namespace: "home", key: "k".repeat(40), ...more }),
  });
  expect(provider.configReplaces(settings({}), settings({ key: "n".repeat(40) }))).toEqual([]);
  expect(provider.configReplaces(settings({}), settings({ namespace: "away" }))).toEqual(["orchestrator"]);
});
