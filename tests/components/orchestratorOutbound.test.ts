import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadConfig } from "@homeslice/config";
import { readSettings } from "@homeslice/orchestrator/settings.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { reachability } from "../stacks/reachability.ts";
import { type Deployed, deploy } from "./deploy.ts";
import { rendered } from "./rendered.ts";

const directory = mkdtempSync(join(tmpdir(), "homeslice-outbound-"));
afterAll(() => rmSync(directory, { recursive: true }));

const mail = { from: "homeslice@example.org", server: "smtp.example.org:465", username: "home", password: "p@ss/word" };
const given = {
  secrets: {
    mounted: ["shop", "hooks"],
    variables: { SHOP_TOKEN: "token of the shop" },
    sealingKeys: ["n".repeat(40), "o".repeat(40)],
  },
  notifications: { mail, ports: [443, 465], networks: ["10.1.0.0/16", "192.168.7.7"] },
};
const stack = (orchestrator: object) =>
  deploy("dev", { "homeslice:domain": "home.example.org", "homeslice:orchestrator": orchestrator });
const values = (settings: object) => ({ "homeslice:domain": "home.example.org", "homeslice:orchestrator": settings });
const SERVER = "orchestrator-blue-deployment";
let configured: Deployed;
beforeAll(async () => {
  configured = await stack(given);
});

/** The values of a Secret, which the engine gets marked as secret. */
const secretValues = z.object({ data: z.object({ value: z.record(z.string(), z.string()) }) });

test("the program reads the settings as they were meant, and finds its secrets in files", async () => {
  const { find } = configured;
  const secret = secretValues.parse(find("Secret", "orchestrator-given").inputs).data.value;
  const opened = (key: string) => Buffer.from(secret[key] ?? "", "base64").toString();
  const [container] = rendered(find("Deployment", SERVER)).containers;
  const environment = (container?.env ?? []).map(({ name, value, valueFrom }) => {
    if (valueFrom?.secretKeyRef) return [name, opened(valueFrom.secretKeyRef.key)];
    if (!name.endsWith("_FILE")) return [name, value];
    const path = join(directory, value ?? "");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, value?.includes("given") ? opened(path.split("/").at(-1) ?? "") : "s".repeat(48));
    return [name, path];
  });
  const settings = readSettings(Object.fromEntries(environment));
  expect(settings.mail).toEqual({ url: "smtps://home:p%40ss%2Fword@smtp.example.org:465", from: mail.from });
  expect(settings.prometheusUrl?.host).toMatch(/^prometheus\..+\.svc:9090$/);
  expect(settings.notifyNetworks).toEqual(["10.1.0.0/16", "192.168.7.7/32"]);
  expect(settings.sealingSecrets.map(String)).toEqual(given.secrets.sealingKeys);
  expect(settings.secretPlaces).toEqual({
    variables: new Map([["SHOP_TOKEN", "token of the shop"]]),
    directory: "/run/secrets/mounted",
  });
});

test("Secrets of Kubernetes are directories of their own that keep nothing from starting, and migrations see none", async () => {
  const { find } = configured;
  const serving = find("Deployment", SERVER);
  const [container] = rendered(serving).containers;
  const at = container?.volumeMounts.filter(({ mountPath }) => mountPath.startsWith("/run/secrets/mounted/"));
  expect(at?.map(({ mountPath, readOnly }) => [mountPath, readOnly])).toEqual([
    ["/run/secrets/mounted/shop", true],
    ["/run/secrets/mounted/hooks", true],
  ]);
  expect(JSON.stringify(serving.inputs)).toContain('"defaultMode":288,"optional":true,"secretName":"shop"');
  expect(JSON.stringify(find("Job", "orchestrator-migrate-job").inputs)).not.toMatch(/mounted|mail|SHOP_TOKEN/);
});

test("it reaches outside exactly what is configured, and nothing unless something is", async () => {
  const ways = ({ resources }: Deployed) =>
    reachability(resources).filter((way) => /^orchestrator\/server.*outside/.test(way));
  expect(ways(configured)).toEqual(["orchestrator/server → outside:443", "orchestrator/server → outside:465"]);
  expect(ways(await stack({ notifications: { mail } }))).toEqual(["orchestrator/server → outside:465"]);
  const plain = await stack({});
  expect(ways(plain)).toEqual([]);
  const { resources } = plain;
  expect(resources.filter(({ name }) => name === "orchestrator-given")).toEqual([]);
});

test.each([
  [{ secrets: { variables: { HOMESLICE_KEY_FILE: "mine" } } }, "is a variable of the orchestrator itself"],
  [{ secrets: { mounted: ["Shop"] } }, "is not a Kubernetes name"],
  [{ notifications: { mail: { from: "a@example.org", server: "smtp.example.org" } } }, "is not a host with a port"],
])("what cannot be meant is refused: %j", (settings, message) => {
  expect(() => loadConfig("dev", values(settings))).toThrow(message);
});
