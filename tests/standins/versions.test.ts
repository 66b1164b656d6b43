import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { z } from "zod";
import { CommandProvider } from "./command/command.ts";
import { DockerProvider } from "./docker/docker.ts";
import { KubernetesProvider } from "./kubernetes/kubernetes.ts";
import { RandomProvider } from "./random/random.ts";
import { TlsProvider } from "./tls/tls.ts";

const manifest = z.object({ version: z.string() });

test.each([
  ["command", new CommandProvider()],
  ["docker", new DockerProvider()],
  ["kubernetes", new KubernetesProvider()],
  ["random", new RandomProvider()],
  ["tls", new TlsProvider()],
])("the stand-in for %s has the version of the package it stands in for", (name, { version }) => {
  const { version: expected } = manifest.parse(createRequire(import.meta.url)(`@pulumi/${name}/package.json`));
  expect(version).toBe(expected.replace(/^v/, ""));
});
