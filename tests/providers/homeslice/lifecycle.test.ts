import type { Values } from "@homeslice/plugin";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuthentikDouble } from "../../doubles/authentik/double.ts";
import { Driver } from "./driver.ts";
import { type References, references, type Sample, samples } from "./samples.ts";

let double: AuthentikDouble;
let refs: References;

beforeEach(async () => {
  double = await AuthentikDouble.start();
  refs = references(double);
});

afterEach(async () => {
  await double.stop();
  expect(double.defects).toEqual([]);
});

/** The kinds are known before there are ids to make samples of. */
const kinds = [
  "Application",
  "Brand",
  "Certificate",
  "DenyStage",
  "FlowStageBinding",
  "Group",
  "OAuth2Provider",
  "OutpostAttachment",
  "PasswordPolicy",
  "ProxyProvider",
  "ReputationPolicy",
  "Role",
  "ScopeMapping",
  "ServiceAccount",
  "Token",
  "User",
];

function sampleOf(kind: string): Sample {
  const sample = samples(refs).find((candidate) => candidate.kind === kind);
  if (!sample) throw new Error(`no sample of ${kind}`);
  return sample;
}

const without = (values: Values, keys: readonly string[] = []): Values =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));

describe.each(kinds)("%s", (kind) => {
  test("is created so that nothing is left to change, neither by inputs nor after a refresh", async () => {
    const driver = await Driver.connect(double, kind);
    const { inputs } = sampleOf(kind);
    const created = await driver.create(inputs);
    expect(created.outputs).toMatchObject(
      created.inputs["adopt"] === undefined ? {} : without(created.inputs, ["adopt"]),
    );
    expect(await driver.changes(created, inputs)).toEqual([]);
    const refreshed = await driver.refresh(created);
    expect(refreshed?.inputs).toEqual(created.inputs);
    expect(await driver.changes(refreshed ?? created, inputs)).toEqual([]);
  });

  test("is updated in place by PATCH, and only as far as it changes", async () => {
    const { inputs, update } = sampleOf(kind);
    if (!update) return;
    const driver = await Driver.connect(double, kind);
    const created = await driver.create(inputs);
    const wanted = { ...inputs, ...update };
    const changed = await driver.changes(created, wanted);
    expect(new Set(changed.map((path) => path.replace(/[.[].*/, "")))).toEqual(new Set(Object.keys(update)));
    expect(changed.filter((path) => path.includes("replace"))).toEqual([]);
    const updated = await driver.update(created, wanted);
    expect(double.requests.filter(({ method }) => method === "PUT")).toEqual([]);
    const refreshed = await driver.refresh(updated);
    expect(refreshed?.inputs).toEqual(updated.inputs);
    expect(await driver.changes(refreshed ?? updated, wanted)).toEqual([]);
  });

  test("is replaced when what cannot be changed changes, and not otherwise", async () => {
    const { inputs, replace = {} } = sampleOf(kind);
    const driver = await Driver.connect(double, kind);
    const created = await driver.create(inputs);
    expect(await driver.changes(created, { ...inputs, ...replace })).toEqual(
      Object.keys(replace).map((key) => `${key} (replace)`),
    );
  });

  test("is imported by its id and by its natural key, ready for the program that describes it", async () => {
    const { inputs, naturalKey, writeOnly } = sampleOf(kind);
    const driver = await Driver.connect(double, kind);
    const created = await driver.create(inputs);
    for (const id of [created.id, ...(naturalKey ? [naturalKey] : [])]) {
      const imported = await driver.import(id);
      expect(imported?.id).toBe(created.id);
      expect(imported?.inputs).toMatchObject(without(created.inputs, writeOnly));
    }
  });

  test("is gone for refresh and import when it was deleted elsewhere, and deleting it again is no error", async () => {
    const driver = await Driver.connect(double, kind);
    const created = await driver.create(sampleOf(kind).inputs);
    if (kind === "Brand") return; // never deleted
    await driver.delete(created);
    expect(await driver.refresh(created)).toBeUndefined();
    expect(await driver.import(created.id)).toBeUndefined();
    await driver.delete(created);
  });

  test("does not take over what exists already unless told to", async () => {
    const { inputs, path } = sampleOf(kind);
    const driver = await Driver.connect(double, kind);
    const first = await driver.create(inputs);
    const count = double.store.all(path).length;
    if (kind !== "Brand")
      await expect(driver.create(inputs)).rejects.toThrow(/exists already in Authentik, with the id/);
    const adopted = await driver.create({ ...inputs, adopt: true });
    expect(adopted.id).toBe(first.id);
    expect(double.store.all(path).length).toBe(count);
    expect(await driver.changes(adopted, { ...inputs, adopt: true })).toEqual([]);
    expect((await driver.refresh(adopted))?.inputs).toEqual(adopted.inputs);
  });
});
