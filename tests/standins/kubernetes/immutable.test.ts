import { expect, test } from "vitest";
import { needsReplacement } from "./immutable.ts";
import { parseSettings } from "./settings.ts";

const defaults = parseSettings({});
const mutable = parseSettings({ enableConfigMapMutable: "true", enableSecretMutable: "true" });

test.each([
  ["apps/v1", "StatefulSet", "spec.volumeClaimTemplates[0].spec.resources.requests.storage", true],
  ["apps/v1", "StatefulSet", "spec.replicas", false],
  ["apps/v1", "Deployment", "spec.selector.matchLabels.app", true],
  ["batch/v1", "Job", "spec.template.spec.containers[0].image", true],
  ["v1", "PersistentVolumeClaim", "spec.resources.requests.storage", false],
  ["v1", "Namespace", "metadata.name", true],
  ["v1", "Namespace", "metadata.labels.a", false],
])("a changed %s %s %s needs a new object: %s", (apiVersion, kind, path, expected) => {
  expect(needsReplacement({ apiVersion, kind }, defaults)(path)).toBe(expected);
});

test("data of ConfigMaps and Secrets are replaced unless the provider may change them and they are not immutable", () => {
  for (const kind of ["ConfigMap", "Secret"]) {
    const inputs = { apiVersion: "v1", kind };
    expect(needsReplacement(inputs, defaults)("data.a")).toBe(true);
    expect(needsReplacement(inputs, mutable)("data.a")).toBe(false);
    expect(needsReplacement({ ...inputs, immutable: true }, mutable)("data.a")).toBe(true);
  }
});

test("a provider input that the stand-in does not know is refused", () => {
  expect(() => parseSettings({ renderYamlToDirectory: "x" })).toThrow("renderYamlToDirectory");
});
