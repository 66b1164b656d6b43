import { skippedPaths } from "@homeslice/components/authentik/client.ts";
import { catalogueOf } from "@homeslice/stacks/catalogue.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { type Deployed, deploy, type Registered } from "./deploy.ts";
import { dataOf, dependenciesOf, rendered } from "./rendered.ts";

const domain = { "homeslice:domain": "home.example.org" };
const withSignOn = (more: object = {}) => deploy("prod", { ...domain, ...more });
const authentikObjects = ({ resources }: Deployed) =>
  resources.filter(({ type }) => type.startsWith("homeslice:authentik:"));
const named = (objects: readonly Registered[], kind: string) =>
  objects.filter((each) => each.kind === kind).map(({ name }) => name);

let deployed: Deployed;
beforeAll(async () => {
  deployed = await withSignOn();
});

describe("an application of Authentik", () => {
  it("exists for every service that people log in to, and for no other", () => {
    const guarded = Object.entries(catalogueOf(deployed.config)).filter(
      ([, { web }]) => web !== undefined && web.access.by !== "everyone",
    );
    expect(named(authentikObjects(deployed), "Application").toSorted()).toEqual(
      guarded.map(([name]) => `sso-${name}-application`).toSorted(),
    );
    expect(guarded.length).toBeGreaterThan(2);
  });

  it("is open to the groups of the service's role and of those above it", () => {
    const groups = (service: string) => deployed.find("Application", `sso-${service}-application`).inputs;
    const above = ["approvers", "admins"]
      .map((role) => `sso-group-homeslice-${role}-id`)
      .concat("id of authentik Admins");
    expect(groups("homepage")).toMatchObject({
      slug: "homepage",
      groups: ["sso-group-homeslice-viewers-id", "sso-group-homeslice-operators-id", ...above],
    });
    expect(groups("prometheus")).toMatchObject({ groups: ["sso-group-homeslice-operators-id", ...above] });
  });

  it("is open to the further groups that the configuration names, which are made as well", async () => {
    const access = { roles: { admin: ["lords"] }, services: { prometheus: ["data team"] } };
    const changed = await withSignOn({ "homeslice:access": access });
    const { inputs } = changed.find("Application", "sso-prometheus-application");
    const team = named(authentikObjects(changed), "Group").find((name) => name.startsWith("sso-group-data-team-"));
    expect(inputs).toMatchObject({
      groups: ["operators", "approvers"]
        .map((role) => `sso-group-homeslice-${role}-id`)
        .concat("sso-group-lords-id", `${team}-id`),
    });
  });
});

describe("a service without a login of its own", () => {
  it("is guarded at its own public address, its health aside", () => {
    expect(deployed.find("ProxyProvider", "sso-homepage-proxy").inputs).toMatchObject({
      name: "homepage",
      externalHost: "https://home.example.org",
      skipPathRegex: "^/api/healthcheck$",
      authorizationFlow: "id of default-provider-authorization-implicit-consent",
      invalidationFlow: "id of default-invalidation-flow",
    });
  });

  it("is put on the outpost once it has its application, which sends people to the public address", async () => {
    const attachment = deployed.find("OutpostAttachment", "sso-homepage-attachment");
    expect(attachment.inputs).toEqual(
      expect.objectContaining({ provider: "provider of homepage", authentikHost: "https://auth.home.example.org/" }),
    );
    expect(await dependenciesOf(attachment)).toContain("sso-homepage-application");
  });

  it.each([
    [undefined, ""],
    ["/", ""],
    ["/-/healthy", "^/-/healthy$"],
    ["/health.json", "^/health\\.json$"],
  ])("needs no login at its health page %s alone", (health, pattern) => expect(skippedPaths(health)).toBe(pattern));
});

describe("Grafana", () => {
  it("is a client that Authentik sends people back to at the address that it is reached by", () => {
    expect(deployed.find("OAuth2Provider", "sso-grafana-client").inputs).toMatchObject({
      name: "grafana",
      clientId: "grafana",
      redirectUris: [{ url: "https://grafana.home.example.org/login/generic_oauth" }],
      propertyMappings: ["openid", "email", "profile", "offline_access"].map((scope) => `id of ${scope}`),
      signingKey: "id of authentik Self-signed Certificate",
    });
  });

  it("is told where browsers go, and asks itself inside the cluster", () => {
    const [container] = rendered(deployed.find("Deployment", "grafana-deployment")).containers;
    const told = Object.fromEntries(container?.env.map(({ name, value }) => [name, value]) ?? []);
    const addresses = Object.values(told).filter((value) => value?.includes("/application/o/"));
    expect(addresses.toSorted()).toEqual([
      "http://authentik.homeslice-prod.svc:9000/application/o/token/",
      "http://authentik.homeslice-prod.svc:9000/application/o/userinfo/",
      "https://auth.home.example.org/application/o/authorize/",
      "https://auth.home.example.org/application/o/grafana/end-session/",
    ]);
    expect(Object.values(told)).toContain("/run/secrets/sso-grafana-client/clientSecret");
  });

  it("waits until Authentik knows it", async () => {
    const before = await dependenciesOf(deployed.find("Deployment", "grafana-deployment"));
    expect(before).toContain("sso-grafana-application");
  });
});

describe("the orchestrator", () => {
  it("is a client that people come back to after login and logout, and that is told of logouts elsewhere", () => {
    expect(deployed.find("OAuth2Provider", "sso-orchestrator-client").inputs).toMatchObject({
      clientId: "orchestrator",
      redirectUris: [
        { url: "https://orchestrator.home.example.org/auth/callback" },
        { url: "https://orchestrator.home.example.org/", redirectUriType: "logout" },
      ],
      logoutUri: "http://orchestrator.homeslice-prod.svc:8080/auth/backchannel-logout",
    });
  });

  it("is told who may do what, and finds the issuer at the edge, whose authority it trusts", async () => {
    const access = { roles: { viewer: ["family", "ops"], operator: ["ops"] }, services: { orchestrator: ["guests"] } };
    const changed = await withSignOn({ "homeslice:access": access });
    const deployment = rendered(changed.find("Deployment", "orchestrator-blue-deployment"));
    const told = Object.fromEntries(deployment.containers[0]?.env.map(({ name, value }) => [name, value]) ?? []);
    expect(told).toMatchObject({
      HOMESLICE_PUBLIC_URL: "https://orchestrator.home.example.org",
      HOMESLICE_TRUSTED_PROXIES: expect.stringContaining("10.0.0.0/8"),
      HOMESLICE_OIDC_ISSUER: "https://auth.home.example.org/application/o/orchestrator/",
      HOMESLICE_OIDC_CLIENT_ID: "orchestrator",
      HOMESLICE_OIDC_CLIENT_SECRET_FILE: "/run/secrets/sso-orchestrator-client/clientSecret",
      NODE_EXTRA_CA_CERTS: "/etc/homeslice/trust/ca.crt",
    });
    const roles: unknown = JSON.parse(told["HOMESLICE_OIDC_ROLES"] ?? "");
    expect(roles).toEqual({
      guests: { tenant: "default", role: "viewer" },
      family: { tenant: "default", role: "viewer" },
      ops: { tenant: "default", role: "operator" },
      "homeslice-approvers": { tenant: "default", role: "approver" },
      "homeslice-admins": { tenant: "default", role: "admin" },
      "authentik Admins": { tenant: "default", role: "admin" },
    });
  });

  it("keeps to its own accounts where there is no sign-on", async () => {
    const without = await deploy("prod", { ...domain, "homeslice:authentik": { signOn: false } });
    const [container] = rendered(without.find("Deployment", "orchestrator-blue-deployment")).containers;
    expect(container?.env.filter(({ name }) => name.includes("OIDC"))).toEqual([]);
  });
});

describe("the home page", () => {
  it("counts people and logins with a token that can do no more", () => {
    expect(deployed.find("Role", "sso-homepage-role").inputs).toMatchObject({
      permissions: ["authentik_core.view_user", "authentik_events.view_event"],
    });
    const [container] = rendered(deployed.find("Deployment", "homepage-deployment")).containers;
    const variable = container?.env.find(({ name }) => name === "HOMEPAGE_FILE_AUTHENTIK_TOKEN");
    expect(variable?.value).toBe("/run/secrets/sso-homepage-token/token");
    const services = dataOf(deployed.find("ConfigMap", "homepage-config"))["services.yaml"];
    expect(services).toContain('"key": "{{HOMEPAGE_FILE_AUTHENTIK_TOKEN}}"');
  });
});

describe("what is kept in Authentik", () => {
  it("is made with the administrator's token, which is a secret", () => {
    expect(deployed.find("homeslice", "sso-authentik").inputs).toMatchObject({
      namespace: "homeslice-prod",
      service: "authentik",
      port: "9000",
      token: { value: "cleartext-of-authentik-bootstrap-token" },
    });
    for (const { provider, name } of authentikObjects(deployed)) expect(provider, name).toContain("sso-authentik");
  });

  it("is made at another address, with another token, where the configuration says so", async () => {
    const api = { address: "http://127.0.0.1:9000", token: "the token of an administrator" };
    const changed = await withSignOn({ "homeslice:authentik": { signOn: true, api } });
    expect(changed.find("homeslice", "sso-authentik").inputs).toMatchObject({ url: "http://127.0.0.1:9000" });
  });

  it("waits until servers and workers run", async () => {
    const before = await dependenciesOf(deployed.find("Group", "sso-group-homeslice-viewers"));
    expect(before).toEqual(expect.arrayContaining(["authentik-deployment", "authentik-worker-deployment"]));
  });

  it("leaves groups and the people in them behind when it goes, and takes them over when it comes back", () => {
    for (const { options, inputs } of authentikObjects(deployed).filter(({ kind }) => kind === "Group")) {
      expect(options.retainOnDelete).toBe(true);
      expect(inputs).toMatchObject({ adopt: true });
    }
  });

  it("does not touch the group of Authentik's own administrators", () => {
    const groups = authentikObjects(deployed).filter(({ kind }) => kind === "Group");
    expect(groups.map(({ inputs }) => inputs)).not.toContainEqual(
      expect.objectContaining({ name: "authentik Admins" }),
    );
    expect(groups.length).toBe(4);
  });

  it("holds a rule for passwords where people choose them", () => {
    expect(deployed.find("PasswordPolicy", "sso-passwords").inputs).toMatchObject({
      promptStages: ["id of default-password-change-prompt"],
      lengthMin: 12,
    });
  });

  it("asks no password after too many failures of an address or a name, but says so", async () => {
    expect(deployed.find("ReputationPolicy", "sso-guesses").inputs).toMatchObject({ threshold: -5 });
    const binding = deployed.find("FlowStageBinding", "sso-guesses-check");
    expect(binding.inputs).toMatchObject({
      target: "id of default-authentication-flow",
      stage: "sso-guesses-refusal-id",
      order: 15,
      policies: ["sso-guesses-id"],
    });
    const never = await withSignOn({ "homeslice:authentik": { failedLogins: 0 } });
    expect(never.resources.filter(({ name }) => name.startsWith("sso-guesses"))).toEqual([]);
  });

  it("is nothing at all without sign-on", async () => {
    const without = await deploy("prod", { ...domain, "homeslice:authentik": { signOn: false } });
    expect(without.resources.filter(({ name }) => name.startsWith("sso"))).toEqual([]);
  });
});
