import { Authentik } from "@homeslice/provider/authentik/authentik.ts";
import { untilReady } from "@homeslice/provider/functions/waitReady.ts";
import { transportDefaults } from "@homeslice/provider/http/transport.ts";
import { afterEach, describe, expect, test } from "vitest";
import { AuthentikDouble, type Progress } from "../../doubles/authentik/double.ts";
import { Driver } from "./driver.ts";

let double: AuthentikDouble;

afterEach(async () => {
  await double.stop();
  expect(double.defects).toEqual([]);
});

async function ask(name: string, args = {}) {
  const { provider } = await Driver.connect(double, "Group", { retries: 0 });
  return provider.invoke({ token: `homeslice:authentik:${name}`, args, preview: false });
}

describe("look-ups", () => {
  test.each([
    [
      "getFlow",
      { slug: "default-authentication-flow" },
      { name: "default-authentication-flow", designation: "authentication" },
    ],
    ["getStage", { name: "default-password-change-prompt" }, { component: "ak-stage-prompt-form" }],
    ["getScopeMapping", { scope: "openid" }, { scopeName: "openid" }],
    ["getScopeMapping", { scope: "proxy" }, { scopeName: "ak_proxy" }],
    ["getScopeMapping", { name: "authentik default oauth2/scope-email" }, { scopeName: "email" }],
    ["getCertificate", { name: "authentik Self-signed Certificate" }, {}],
    ["getGroup", { name: "authentik Admins" }, { isSuperuser: true }],
  ])("%s %j finds exactly one", async (name, args, expected) => {
    double = await AuthentikDouble.start();
    double.store.create("/core/groups/", { name: "authentik Admins of old" }); // a fuzzy search would find it too
    const { outputs } = await ask(name, args);
    expect(outputs).toMatchObject(expected);
    expect(outputs["id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("say what is missing, and why that may be", async () => {
    double = await AuthentikDouble.start("bootstrapped");
    await expect(ask("getFlow", { slug: "default-authentication-flow" })).rejects.toThrow(
      /^flow "default-authentication-flow": does not exist in Authentik\n.*first start has finished: see `waitReady`/,
    );
  });

  test("refuse wrong arguments", async () => {
    double = await AuthentikDouble.start();
    const failures = [
      { property: "slug", reason: "is missing" },
      { property: "slag", reason: 'unknown argument: did you mean "slug"?' },
    ];
    expect((await ask("getFlow", { slag: "x" })).failures).toEqual(expect.arrayContaining(failures));
    await expect(ask("getScopeMapping")).rejects.toThrow("needs exactly one of scope and name");
  });
});

describe("in a preview", () => {
  const question = {
    token: "homeslice:authentik:getFlow",
    args: { slug: "default-authentication-flow" },
    preview: true,
  };

  test("what does not exist yet is answered with nothing", async () => {
    double = await AuthentikDouble.start("bootstrapped");
    const { provider } = await Driver.connect(double, "Group");
    expect((await provider.invoke(question)).outputs).toEqual({});
  });

  test("a refusal for another reason is an error all the same", async () => {
    double = await AuthentikDouble.start();
    double.faults.inject({ kind: "status", status: 400, body: '{"slug":["no"]}' });
    const { provider } = await Driver.connect(double, "Group");
    await expect(provider.invoke(question)).rejects.toThrow("does not accept the request");
  });
});

describe("the wait for the first start", () => {
  /** Waits with a clock of which each pause is one step of the story. */
  async function wait(steps: readonly (Progress | "down")[], timeoutMs: number): Promise<number> {
    double = await AuthentikDouble.start("starting");
    const { url, token } = double;
    const retry = { ...transportDefaults.retry, retries: 0 };
    const authentik = new Authentik({ ...transportDefaults, retry, url, token });
    let pauses = 0;
    let now = 0;
    const sleep = async (ms: number) => {
      now += ms;
      const step = steps[pauses++];
      if (step === "down") double.faults.inject({ kind: "reset" }, { times: 2 });
      else if (step) double.advance(step);
    };
    try {
      await untilReady(authentik, timeoutMs, { now: () => now, date: () => new Date(), random: () => 0, sleep });
    } finally {
      await authentik.close();
    }
    return pauses;
  }

  test("lasts until the blueprints are applied, through refusals and lost connections", async () => {
    expect(await wait(["starting", "down", "bootstrapped", "bootstrapped", "ready"], 60_000)).toBeGreaterThanOrEqual(5);
    expect(double.writes()).toEqual([]);
  });

  test("ends after the time that was given, and says what was still missing", async () => {
    await expect(wait([], 60_000)).rejects.toThrow(
      "Authentik has not finished its start within 60 s: still waiting until the token of the provider belongs to a superuser (refused (HTTP 403): Token invalid/expired)",
    );
    await double.stop();
    await expect(wait(["bootstrapped"], 60_000)).rejects.toThrow(
      "still waiting until the flow default-provider-authorization-implicit-consent exists",
    );
  });

  test("does not happen in a preview", async () => {
    double = await AuthentikDouble.start("starting");
    const { provider } = await Driver.connect(double, "Group");
    const call = { token: "homeslice:authentik:waitReady", args: {}, preview: true };
    expect((await provider.invoke(call)).outputs).toEqual({ ready: false });
    expect(double.requests).toEqual([]);
  });
});
