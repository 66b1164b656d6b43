import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { z } from "zod";
import { CommandProvider } from "./command/command.ts";
import { DockerProvider } from "./docker/docker.ts";
import { GrafanaProvider } from "./grafana/grafana.ts";
import { KubernetesProvider } from "./kubernetes/kubernetes.ts";
import { RandomProvider } from "./random/random.ts";
import { TlsProvider } from "./tls/tls.ts";

const manifest = z.object({ version: z.string() });

test.each([
  ["@pulumi/command", new CommandProvider()],
  ["@pulumi/docker", new DockerProvider()],
  ["@pulumiverse/grafana", new GrafanaProvider()],
  ["@pulumi/kubernetes", new KubernetesProvider()],
  ["@pulumi/random", new RandomProvider()],
  ["@pulumi/tls", new TlsProvider()],
])("the stand-in for %s has the version of the package it stands in for", (name, { version }) => {
  const { version: expected } = manifest.parse(createRequire(import.meta.url)(`${name}/package.json`));
  expect(version).toBe(expected.replace(/^v/, ""));
});
