import { ConfigError, loadConfig, UserError } from "@homeslice/config";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { examples, pages, showsSettings } from "../support/documentation.ts";
import { expectedMessage, fixtures, stackFile } from "./fixtures.ts";

const domain = { "homeslice:domain": "home.example.org" };

describe("a configuration with mistakes", () => {
  it.each(fixtures("invalid"))("is refused with the message that names them: $name", ({ name, stack, values }) => {
    const error = refusal(() => loadConfig(stack, values));
    expect(error).toBeInstanceOf(UserError);
    expect(error?.message).toBe(expectedMessage(name));
  });

  it("lists every problem with its path for programs to read", () => {
    const error = refusal(() => loadConfig("prod", { "homeslice:domain": "home", "homeslice:redis": { sise: "2Gi" } }));
    expect(error?.code).toBe("config.invalid");
    expect(error?.problems.map(({ path }) => path)).toEqual(["domain", "redis.sise"]);
  });

  it("does not repeat in other words what is already refused", () => {
    const values = { ...domain, "homeslice:redis": { size: "512Mi", resources: { limits: { memory: "lots" } } } };
    const paths = refusal(() => loadConfig("prod", values))?.problems.map(({ path }) => path);
    expect(paths).toEqual(["redis.resources.limits.memory"]);
  });
});

describe("a configuration without mistakes", () => {
  it.each(fixtures("valid"))("is accepted: $name", ({ stack, values }) => {
    expect(loadConfig(stack, values).domain).toBe("home.example.org");
  });

  it.each(["dev", "prod"])("is what the checkout holds for the stack %s", (stack) => {
    expect(loadConfig(stack, stackFile(stack)).environment).toBe(stack);
  });

  const shown = pages().flatMap((page) => examples(page).flatMap((example) => ({ page, ...example })));
  it.each(shown.filter(showsSettings))("is what $page shows", ({ text }) => {
    const Settings = z.record(z.string(), z.unknown());
    const { config, ...settings } = Settings.parse(parse(text));
    expect(loadConfig("prod", { ...domain, ...settings, ...Settings.parse(config ?? {}) }).stack).toBe("prod");
  });

  it("takes the defaults of the environment that the stack is named after", () => {
    expect(loadConfig("dev", domain).safety.protectData).toBe(false);
    expect(loadConfig("staging", domain).safety.protectData).toBe(true);
    expect(loadConfig("prod", domain).orchestrator.replicas).toBe(2);
  });

  it("takes the defaults of the environment that it names itself", () => {
    const config = loadConfig("acme", { ...domain, "homeslice:environment": "prod" });
    expect(config).toEqual({ ...loadConfig("prod", domain), stack: "acme" });
  });

  it("keeps the defaults beside a setting that is written", () => {
    const { resources } = loadConfig("prod", {
      ...domain,
      "homeslice:redis": { resources: { limits: { cpu: "2" } } },
    }).redis;
    expect(resources).toEqual({ requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "2", memory: "512Mi" } });
  });

  it("reads groups alike from the file and from the engine, which hands them over as JSON", () => {
    const group = { size: "4Gi" };
    const fromEngine = loadConfig("prod", { ...domain, "homeslice:redis": JSON.stringify(group) });
    expect(fromEngine).toEqual(loadConfig("prod", { ...domain, "homeslice:redis": group }));
  });
});

function refusal(load: () => unknown): ConfigError | undefined {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return undefined;
}
