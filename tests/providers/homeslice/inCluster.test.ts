import { TunnelError } from "@homeslice/tunnel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AuthentikDouble } from "../../doubles/authentik/double.ts";
import { type ApiServerOptions, leadTo, startApiServer } from "../tunnel/apiServer.ts";
import { Driver } from "./driver.ts";

const namespace = "/api/v1/namespaces/home";
const service = `${namespace}/services/authentik`;
const pods = `${namespace}/pods`;
const ready = { type: "Ready", status: "True" };
const missing = [404, { kind: "Status", message: "not found" }] as const;

let double: AuthentikDouble;
let cluster: Awaited<ReturnType<typeof startApiServer>>;
let answers: ApiServerOptions["answers"];
let driver: Driver;

beforeEach(async () => {
  double = await AuthentikDouble.start();
  answers = {
    [namespace]: [200, { metadata: { name: "home" } }],
    [service]: [200, { spec: { selector: { app: "authentik" }, ports: [{ port: 9000 }] } }],
    [pods]: [200, { items: [{ metadata: { name: "authentik-0" }, status: { conditions: [ready] } }] }],
    [`${pods}/authentik-0/portforward`]: [101, undefined],
  };
  cluster = await startApiServer({ answers, onForward: leadTo(Number(new URL(double.url).port)) });
  const settings = { namespace: "home", kubeconfig: cluster.kubeconfig, retries: "1" };
  driver = await Driver.connect(double, "Group", settings);
});

afterEach(async () => {
  cluster.stop();
  await double.stop();
  expect(double.defects).toEqual([]);
});

test("a resource lives its life through the API server of the cluster", async () => {
  const made = await driver.create({ name: "staff" });
  const renamed = await driver.update(made, { name: "team" });
  expect((await driver.refresh(renamed))?.inputs).toMatchObject({ name: "team" });
  await driver.delete(renamed);
  expect(await driver.refresh(renamed)).toBeUndefined();
  expect(double.connections).toBeLessThan(double.requests.length);
});

test("a pod that is not ready yet is asked for again", async () => {
  const starting = [200, { items: [{ metadata: { name: "authentik-0" }, status: { conditions: [] } }] }] as const;
  const inTurn = [starting, answers[pods]];
  Object.defineProperty(answers, pods, { get: () => (inTurn.length > 1 ? inTurn.shift() : inTurn[0]) });
  await expect(driver.create({ name: "staff" })).resolves.toMatchObject({ inputs: { name: "staff" } });
  expect(inTurn).toHaveLength(1);
});

test("while nothing of Authentik runs, a refresh leaves things as they were, and a deletion is done", async () => {
  const made = await driver.create({ name: "staff" });
  await double.stop();
  double = await AuthentikDouble.start();
  cluster.hangUp();
  answers[service] = missing;
  expect(await driver.refresh(made)).toEqual(made);
  await driver.delete(made);
  await expect(driver.create({ name: "more" })).rejects.toMatchObject({ code: "authentik.absent" });
});

test("with the namespace of Authentik, all that was in it is gone", async () => {
  const made = await driver.create({ name: "staff" });
  cluster.hangUp();
  answers[service] = missing;
  answers[namespace] = missing;
  expect(await driver.refresh(made)).toBeUndefined();
  await driver.delete(made);
});

test.each([
  ["nothing of Authentik runs", { [service]: missing }],
  ["its namespace is not there", { [service]: missing, [namespace]: missing }],
])("a preview takes what cannot be looked up for unknown: %s", async (_, changed) => {
  Object.assign(answers, changed);
  const token = "homeslice:authentik:getGroup";
  const { outputs } = await driver.provider.invoke({ token, args: { name: "authentik Admins" }, preview: true });
  expect(outputs).toEqual({});
});

test("who may not connect is told so at once", async () => {
  answers[service] = [403, { kind: "Status", message: 'user "ada" cannot get services' }];
  const failure = await driver.create({ name: "staff" }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TunnelError);
  expect(String(failure)).toContain('user "ada" cannot get services');
});
