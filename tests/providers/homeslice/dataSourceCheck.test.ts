import { untilHealthy } from "@homeslice/provider/grafana/health.ts";
import { HomesliceProvider } from "@homeslice/provider/provider.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GrafanaDouble } from "../../doubles/grafana/double.ts";

const PASSWORD = "administrator-password";
const type = "homeslice:grafana:DataSourceCheck";
const call = { urn: "urn:pulumi:test::test::check", name: "check", type, log: () => undefined };

let double: GrafanaDouble;

beforeEach(async () => {
  double = await GrafanaDouble.start({ password: PASSWORD });
  const headers = { authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}` };
  for (const [uid, kind] of [
    ["loki", "loki"],
    ["alertmanager", "alertmanager"],
  ]) {
    const body = JSON.stringify({ uid, name: uid, type: kind });
    expect((await fetch(`${double.url}/api/datasources`, { method: "POST", headers, body })).status).toBe(200);
  }
});
afterEach(() => double.stop());

const question = (path = "/api/datasources/uid/loki/health") => ({
  dataSource: "loki",
  url: `${double.url}${path}`,
  user: "admin",
  password: PASSWORD,
  timeoutSeconds: 10,
});

/** A clock whose pauses take no time, and do something each. */
function clockThat(during: () => void) {
  let now = 0;
  return {
    now: () => now,
    date: () => new Date(now),
    random: () => 0,
    sleep: async (ms: number) => {
      now += ms;
      during();
    },
  };
}

const ask = (asked: ReturnType<typeof question>, during = () => undefined) =>
  untilHealthy(asked, new AbortController().signal, clockThat(during));

describe("the check of a source of data", () => {
  test("passes when Grafana reaches the source", async () => {
    await expect(ask(question())).resolves.toBeUndefined();
  });

  test("waits for a Grafana that starts, and for a source that does", async () => {
    double.faults.inject({ kind: "status", status: 503 }, { times: 2 });
    double.faults.inject({ kind: "reset" });
    double.datasources.ills.set("loki", "connection refused");
    const pauses: number[] = [];
    await ask(question(), () => {
      pauses.push(1);
      if (pauses.length === 4) double.datasources.ills.clear();
      return undefined;
    });
    expect(pauses).toHaveLength(4);
  });

  test("names the source and the reason when that takes too long", async () => {
    double.datasources.ills.set("loki", "dial tcp 10.0.0.7:3100: connection refused");
    await expect(ask(question())).rejects.toMatchObject({
      code: "grafana.data-source",
      message: expect.stringMatching(
        /data source "loki": Grafana cannot use it, after 10 s still: dial tcp .*HTTP 400/,
      ),
    });
  });

  test("asks a source without a part in the server through Grafana, for its health page knows nothing", async () => {
    await expect(ask(question("/api/datasources/uid/alertmanager/health"))).rejects.toThrow("Plugin unavailable");
    await expect(ask(question("/api/datasources/proxy/uid/alertmanager/api/v2/status"))).resolves.toBeUndefined();
  });

  test("does not go on with a password that Grafana does not accept", async () => {
    const before = double.requests.length;
    await expect(ask({ ...question(), password: "another" })).rejects.toMatchObject({ code: "grafana.unauthorized" });
    expect(double.requests.length).toBe(before + 1);
  });
});

describe("its resource", () => {
  const provider = new HomesliceProvider();

  test("needs no settings of the provider, and is made again when anything changes", async () => {
    expect(await provider.checkConfig({})).toEqual({ inputs: {} });
    await provider.configure({});
    const inputs = { ...question(), revision: "1" };
    const { id } = await provider.create({ ...call, inputs, preview: false, timeoutMs: undefined });
    expect(id).toBe("loki");
    const changed = { ...inputs, revision: "2" };
    const versions = { ...call, id, oldInputs: inputs, oldOutputs: inputs };
    expect((await provider.diff({ ...versions, inputs })).changes).toEqual([]);
    expect((await provider.diff({ ...versions, inputs: changed })).changes).toEqual([
      { path: "revision", kind: "update" },
    ]);
    const asked = double.requests.length;
    await provider.update({ ...versions, inputs: changed, preview: false, timeoutMs: undefined });
    expect(double.requests.length).toBe(asked + 1);
  });

  test("asks nothing in a preview, in a refresh and when it goes", async () => {
    const asked = double.requests.length;
    const inputs = { ...question(), revision: "1" };
    await provider.create({ ...call, inputs, preview: true, timeoutMs: undefined });
    const old = { ...call, id: "loki", oldInputs: inputs, oldOutputs: inputs };
    expect(await provider.read(old)).toMatchObject({ id: "loki", inputs });
    await provider.delete({ ...old, timeoutMs: undefined });
    expect(double.requests.length).toBe(asked);
  });
});
