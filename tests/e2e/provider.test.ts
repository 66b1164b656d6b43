import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as authentik from "@homeslice/provider";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuthentikDouble } from "../doubles/authentik/double.ts";
import { createStack, type TestStack } from "../standins/stack.ts";

let dir: string;
let double: AuthentikDouble;
let stack: TestStack;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "homeslice-provider-"));
  double = await AuthentikDouble.start();
  stack = await createStack(dir);
});

afterEach(async () => {
  await double.stop();
  rmSync(dir, { recursive: true });
  expect(double.defects).toEqual([]);
});

interface Options {
  readonly provider: authentik.Provider;
}

/** A program on the double; what it returns becomes the outputs of the stack. */
function program(resources: (options: Options) => Record<string, unknown> | undefined, settings = {}) {
  return async () => {
    const { url, token } = double;
    return resources({ provider: new authentik.Provider("authentik", { url, token, ...settings }) }) ?? {};
  };
}

async function up(resources: Parameters<typeof program>[0], settings = {}) {
  stack.use(program(resources, settings));
  return (await stack.stack.up()).summary.resourceChanges;
}

async function failure(operation: Promise<unknown>): Promise<string> {
  return operation.then(
    () => "it did not fail",
    (error: unknown) => String(error),
  );
}

interface Changes {
  readonly title?: string;
  readonly slug?: string;
  readonly validityDays?: number;
  readonly identifier?: string;
  readonly password?: string;
}

const secrets = {
  password: "user-password-in-clear",
  clientSecret: "client-secret-in-clear",
  key: "token-key-that-is-in-clear",
  providerToken: "bootstrap-token-of-the-double",
};

/** One resource of every kind, tied together as in a real platform. */
function platform({ title = "first", slug = "grafana", identifier = "homepage", ...rest }: Changes = {}) {
  const { validityDays = 365, password = secrets.password } = rest;
  return (options: Options) => {
    const ready = authentik.waitReady({}, options);
    const flow = (name: string) => authentik.getFlow({ slug: `default-provider-${name}` }, options).id;
    const flows = {
      authorizationFlow: flow("authorization-implicit-consent"),
      invalidationFlow: flow("invalidation-flow"),
    };
    const scopes = ["openid", "email", "profile"].map((scope) => authentik.getScopeMapping({ scope }, options).id);
    const stage = authentik.getStage({ name: "default-password-change-prompt" }, options);

    const viewers = new authentik.Role(
      "viewers",
      { name: "viewers", permissions: ["authentik_core.view_user"] },
      options,
    );
    const staff = new authentik.Group("staff", { name: "staff", roles: [viewers.id], attributes: { title } }, options);
    new authentik.User(
      "ada",
      { username: "ada", name: title, groups: [staff.id], ...(password && { password: pulumi.secret(password) }) },
      options,
    );
    const account = new authentik.ServiceAccount(
      "homepage",
      { username: "homepage", name: title, roles: [viewers.id] },
      options,
    );
    new authentik.Token(
      "homepage",
      { identifier, user: account.userId, key: secrets.key, description: title },
      options,
    );
    const mapping = new authentik.ScopeMapping(
      "groups",
      { name: "groups", scopeName: "groups", expression: `return {"t": "${title}"}` },
      options,
    );
    const certificate = new authentik.Certificate("signing", { commonName: "signing", validityDays }, options);
    const client = new authentik.OAuth2Provider(
      "grafana",
      {
        ...flows,
        name: "grafana",
        propertyMappings: [...scopes, mapping.id],
        signingKey: certificate.id,
        clientSecret: pulumi.secret(secrets.clientSecret),
        redirectUris: [{ url: `https://grafana.example.org/${title}` }],
      },
      options,
    );
    const grafana = new authentik.Application(
      "grafana",
      { name: title, slug, provider: client.providerId, groups: [staff.id] },
      options,
    );
    const proxy = new authentik.ProxyProvider(
      "home",
      { ...flows, name: "home", externalHost: `https://${title}.example.org` },
      options,
    );
    new authentik.Application("home", { name: "Home", slug: "home", provider: proxy.providerId }, options);
    new authentik.OutpostAttachment(
      "home",
      { provider: proxy.providerId, authentikHost: `https://${title}.example.org/` },
      options,
    );
    new authentik.PasswordPolicy(
      "passwords",
      { name: "passwords", promptStages: [stage.id], errorMessage: title },
      options,
    );
    const deny = new authentik.DenyStage("guesses", { name: "guesses", denyMessage: title }, options);
    const policy = new authentik.ReputationPolicy("guesses", { name: "guesses", threshold: -3 }, options);
    new authentik.FlowStageBinding(
      "guesses",
      { target: flow("invalidation-flow"), stage: deny.id, order: 15, policies: [policy.id] },
      options,
    );
    new authentik.Brand("brand", { brandingTitle: title }, options);
    return { ready: ready.ready, clientSecret: client.clientSecret, slug: grafana.slug, userId: account.userId };
  };
}

const RESOURCES = 17; // of them two applications; stack and provider come on top
const objects = () =>
  ["/core/applications/", "/core/groups/", "/core/tokens/", "/providers/oauth2/", "/flows/bindings/"].map(
    (path) => double.store.all(path).length,
  );

describe("a program with every kind of resource", () => {
  test("previews, creates, finds nothing to change, and destroys without leaving anything", async () => {
    const before = objects();
    stack.use(program(platform()));
    expect((await stack.stack.preview()).changeSummary).toEqual({ create: RESOURCES + 2 });
    expect(double.writes()).toEqual([]);
    const first = await stack.stack.up();
    expect(first.summary.resourceChanges).toEqual({ create: RESOURCES + 2 });
    expect(first.outputs["ready"]?.value).toBe(true);
    expect(first.outputs["clientSecret"]).toEqual({ value: secrets.clientSecret, secret: true });
    expect(await up(platform())).toEqual({ same: RESOURCES + 2 });
    const refreshed = await stack.stack.refresh();
    expect(refreshed.summary.resourceChanges).toEqual({ same: RESOURCES + 2 });
    expect(await up(platform())).toEqual({ same: RESOURCES + 2 });
    await stack.stack.destroy();
    expect(objects()).toEqual(before);
    expect(double.requests.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  test("shows no secret in state, preview or output", async () => {
    stack.use(program(platform()));
    const shown = [(await stack.stack.preview({ diff: true })).stdout, (await stack.stack.up({ diff: true })).stdout];
    shown.push((await stack.stack.refresh()).stdout, stack.state());
    for (const secret of Object.values(secrets)) expect(shown.filter((text) => text.includes(secret))).toEqual([]);
    expect(double.store.find("/core/tokens/", "identifier", "homepage")?.["key"]).toBe(secrets.key);
    expect([...double.store.all("/core/users/")].map(({ pk }) => double.passwordOf(String(pk)))).toContain(
      secrets.password,
    );
  });

  test("updates in place what can be changed, and shows just that", async () => {
    await up(platform());
    stack.use(program(platform({ title: "second" })));
    const { stdout } = await stack.stack.preview({ diff: true });
    expect(stdout).toContain('brandingTitle: "first" => "second"');
    expect((await stack.stack.up()).summary.resourceChanges).toEqual({ same: 7, update: RESOURCES - 5 });
    expect(await up(platform({ title: "second" }))).toEqual({ same: RESOURCES + 2 });
  });

  test("replaces where Authentik forces it, in an order in which names and references fit", async () => {
    await up(platform());
    const changes = { slug: "dashboards", validityDays: 30, identifier: "tiles" };
    expect(await up(platform(changes))).toEqual({ same: RESOURCES - 2, replace: 3, update: 1 });
    expect(await up(platform(changes))).toEqual({ same: RESOURCES + 2 });
    const [key] = double.store.all("/crypto/certificatekeypairs/").filter(({ name }) => name === "signing");
    expect(double.store.find("/providers/oauth2/", "name", "grafana")).toMatchObject({ signing_key: key?.["pk"] });
  });

  test("finds by refresh what somebody else has changed or deleted, and puts it right", async () => {
    await up(platform());
    double.store.each("/core/groups/", (group) => {
      if (group["name"] === "staff")
        Object.assign(group, { is_superuser: true, attributes: { title: "first", theirs: 1 } });
    });
    double.store.each("/outposts/instances/", (outpost) => {
      outpost["providers"] = [];
    });
    double.store.delete("/core/applications/", "grafana");
    const refresh = await stack.stack.refresh();
    expect(refresh.summary.resourceChanges).toEqual({ same: RESOURCES - 1, update: 1, delete: 2 });
    expect(refresh.stdout).toMatch(/staff .*isSuperuser/);
    expect(await up(platform())).toEqual({ same: RESOURCES - 1, update: 1, create: 2 });
    expect(double.store.find("/core/groups/", "name", "staff")).toMatchObject({
      is_superuser: false,
      attributes: { title: "first", theirs: 1 },
    });
  });

  test("is imported by ids into another stack, without a change in Authentik", async () => {
    const described = { validityDays: 3650, password: "" }; // Authentik tells neither
    await up(platform(described));
    const known = stack.ids();
    stack = await createStack(join(dir, "other"));
    stack.use(async () => {
      await pulumi.runtime.registerResourceTransform(({ type, name, props, opts }) => {
        const id = type.startsWith("homeslice:") ? known.get(`${type} ${name}`) : undefined;
        return id === undefined ? undefined : { props, opts: { ...opts, import: id } };
      });
      return program(platform(described))();
    });
    const writes = double.writes().length;
    expect((await stack.stack.up()).summary.resourceChanges).toEqual({ create: 2, import: RESOURCES });
    expect(double.writes().length).toBe(writes);
    expect(await up(platform(described))).toEqual({ same: RESOURCES + 2 });
  });
});

describe("what exists already", () => {
  const group =
    (args: Partial<authentik.GroupArgs> = {}, options: pulumi.CustomResourceOptions = {}) =>
    ({ provider }: Options) => {
      new authentik.Group("staff", { name: "staff", attributes: { floor: 2 }, ...args }, { provider, ...options });
      return {};
    };

  beforeEach(() => void double.store.create("/core/groups/", { name: "staff", attributes: { floor: 2 } }));

  test("is named by an error, with the ways out", async () => {
    stack.use(program(group()));
    const message = await failure(stack.stack.up());
    const id = double.store.find("/core/groups/", "name", "staff")?.["pk"];
    expect(message).toContain(`group "staff": exists already in Authentik, with the id ${id}`);
    expect(message).toContain("set `adopt: true` to take it over, or import it by that id");
  });

  test("is taken over when told to", async () => {
    expect(await up(group({ adopt: true, isSuperuser: true }))).toEqual({ create: 3 });
    expect(double.store.all("/core/groups/").filter(({ name }) => name === "staff")).toHaveLength(1);
    expect((await stack.stack.refresh()).summary.resourceChanges).toEqual({ same: 3 });
    expect(await up(group({ adopt: true, isSuperuser: true }))).toEqual({ same: 3 });
  });

  test("is imported by its name", async () => {
    expect(await up(group({}, { import: "staff" }))).toEqual({ create: 2, import: 1 });
    expect(await up(group())).toEqual({ same: 3 });
  });
});

describe("mistakes and trouble", () => {
  test("a preview shows what it can while Authentik is not there yet", async () => {
    stack.use(program(platform(), { url: "http://127.0.0.1:1" }));
    expect((await stack.stack.preview()).changeSummary).toEqual({ create: RESOURCES + 2 });
    await double.stop();
    double = await AuthentikDouble.start("starting");
    stack.use(program(platform()));
    expect((await stack.stack.preview()).changeSummary).toEqual({ create: RESOURCES + 2 });
  });

  test("all mistakes of all arguments are told before anything is created", async () => {
    stack.use(
      program((options) => {
        const flow = "not-a-uuid";
        const misspelt = { redirectUri: "https://grafana.example.org" };
        const secretive = { clientSecret: pulumi.secret("s".repeat(256)) };
        const args = { name: "grafana", authorizationFlow: flow, invalidationFlow: flow, propertyMappings: [] };
        new authentik.OAuth2Provider("grafana", { ...args, ...misspelt, ...secretive }, options);
        return {};
      }),
    );
    const message = await failure(stack.stack.up());
    for (const part of [
      "property authorizationFlow value {not-a-uuid} has a problem: is not a UUID",
      "property invalidationFlow value {not-a-uuid} has a problem: is not a UUID",
      "property propertyMappings value {[]} has a problem: must not be empty",
      'has a problem: unknown argument: did you mean "redirectUris"?',
      "has a problem: clientSecret must have at most 255 characters",
    ]) {
      expect(message).toContain(part);
    }
    expect(message).not.toContain("ssss");
    expect(double.writes()).toEqual([]);
  });

  test("a server that is slow to start, busy, failing and dropping connections is survived", async () => {
    await double.stop();
    double = await AuthentikDouble.start("starting");
    const { promise, resolve } = Promise.withResolvers<void>();
    const watch = setInterval(() => {
      const polls = double.requests.length;
      if (polls >= 1) double.advance("bootstrapped");
      if (polls < 3) return;
      double.advance("ready");
      double.faults.inject({ kind: "status", status: 429, retryAfter: "1" }, { path: "/core/groups/" });
      double.faults.inject({ kind: "status", status: 503 }, { method: "GET", path: "/core/", times: 2 });
      double.faults.inject({ kind: "reset" }, { method: "GET", path: "/core/groups/" });
      double.faults.inject({ kind: "silence" }, { method: "GET", path: "/core/groups/" });
      clearInterval(watch);
      resolve();
    }, 20);
    const changes = await up(
      (options) => {
        const ready = authentik.waitReady({ timeoutSeconds: 60 }, options);
        new authentik.Group("staff", { name: ready.ready.apply((is) => `staff-${is}`) }, options);
        return {};
      },
      { requestTimeoutMs: 1_000 },
    );
    await promise;
    expect(changes).toEqual({ create: 3 });
    expect(double.store.find("/core/groups/", "name", "staff-true")).toBeDefined();
  });

  test("a server that stays away is named in the error, and nothing is forgotten", async () => {
    const groups = (title: string) => (options: Options) => {
      new authentik.Group("staff", { name: title }, options);
      return {};
    };
    await up(groups("staff"), { retries: 1 });
    double.faults.inject({ kind: "status", status: 500 }, { path: "/core/groups/", times: 50 });
    stack.use(program(groups("people"), { retries: 1 }));
    const message = await failure(stack.stack.up());
    expect(message).toMatch(/PATCH \/api\/v3\/core\/groups\/[0-9a-f-]+\/: the server failed \(HTTP 500\)/);
    double.faults.clear();
    expect(await up(groups("people"), { retries: 1 })).toEqual({ same: 2, update: 1 });
  });

  test("an object that was created but not completed is finished by the next run", async () => {
    const role = (options: Options) => {
      new authentik.Role("viewers", { name: "viewers", permissions: ["authentik_core.view_user"] }, options);
      return {};
    };
    double.faults.inject(
      { kind: "status", status: 400, body: '{"detail":"no"}' },
      { method: "POST", path: "/rbac/permissions/" },
    );
    stack.use(program(role));
    expect(await failure(stack.stack.up())).toContain("the role exists now, but is not complete");
    expect(await up(role)).toEqual({ same: 2, update: 1 });
    expect(double.store.find("/rbac/roles/", "name", "viewers")).toMatchObject({
      permissions: ["authentik_core.view_user"],
    });
  });
});
