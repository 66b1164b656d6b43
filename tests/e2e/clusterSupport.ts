import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "@homeslice/cli/engine/index.ts";
import { stringify } from "yaml";
import { z } from "zod";
import type { AuthentikDouble } from "../doubles/authentik/double.ts";
import type { GrafanaDouble } from "../doubles/grafana/double.ts";
import { eventually } from "../support/eventually.ts";
import { KubeClient } from "../testbed/client.ts";
import { startTestbed } from "../testbed/testbed.ts";
import { Simulated } from "./simulated.ts";

export const cache = process.env["HOMESLICE_CACHE"] ?? join(process.env["HOME"] ?? tmpdir(), ".cache/homeslice");

/** What one command line came to. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly finished: Promise<Finished>;
}

const reportSchema = z.strictObject({
  operation: z.enum(["preview", "up", "refresh", "destroy"]),
  stack: z.string(),
  changes: z.strictObject({
    create: z.number(),
    update: z.number(),
    replace: z.number(),
    delete: z.number(),
    same: z.number(),
  }),
  durationMs: z.number(),
  criticalPath: z.array(z.strictObject({ resource: z.string(), seconds: z.number() })).optional(),
  outputs: z.record(z.string(), z.unknown()),
});

/** The JSON object that a command with --json prints, and nothing else, on stdout. */
export function report(finished: Finished): z.infer<typeof reportSchema> {
  if (finished.code !== 0) throw new Error(`exit code ${finished.code}\n${finished.stderr}`);
  return reportSchema.parse(JSON.parse(finished.stdout));
}

export const NOTHING = { create: 0, update: 0, replace: 0, delete: 0 };

const listSchema = z.object({ items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })) });

const optional = ["alertmanager", "authentik", "backup", "grafana", "homepage", "loki", "prometheus", "traefik"];

/** Settings of a stack without what can be switched off: enough where it matters little what is deployed. */
export const core = {
  domain: "home.example.org",
  ...Object.fromEntries(optional.map((name) => [name, { enabled: false }])),
};

const stacks = ["dev", "prod"];

/** A control plane, a data directory and settings of a suite's own, and the command line that works on them. */
export class Bench {
  readonly home: string;
  readonly settings: string;
  readonly kube: KubeClient;
  /** What commands have said until now. */
  readonly said: { readonly command: string; readonly text: string }[] = [];
  readonly #testbed: Awaited<ReturnType<typeof startTestbed>>;
  readonly #root: string;
  /** By stack. */
  readonly #simulated = new Map<string, Simulated>();

  private constructor(root: string, testbed: Awaited<ReturnType<typeof startTestbed>>, kube: KubeClient) {
    this.#root = root;
    this.#testbed = testbed;
    this.kube = kube;
    this.home = join(root, "home");
    this.settings = join(root, "settings");
    mkdirSync(this.settings);
  }

  /** Starts a control plane with nothing in it, and makes sure that there is an engine. */
  static async start(): Promise<Bench> {
    const root = mkdtempSync(join(tmpdir(), "homeslice-cluster-"));
    await findEngine({ cache, env: process.env, say: (line) => void process.stderr.write(`${line}\n`) });
    const testbed = await startTestbed({ cache, dir: join(root, "testbed") });
    const bench = new Bench(root, testbed, await KubeClient.fromFile(testbed.kubeconfig));
    for (const stack of stacks) bench.#simulated.set(stack, await Simulated.start(bench.kube, stack));
    return bench;
  }

  /** The Grafana of a stack. */
  grafana(stack: string): GrafanaDouble {
    return this.#behind(stack).grafana;
  }

  /** The Authentik of a stack. */
  authentik(stack: string): AuthentikDouble {
    return this.#behind(stack).authentik;
  }

  #behind(stack: string): Simulated {
    const simulated = this.#simulated.get(stack);
    if (!simulated) throw new Error(`nothing answers in place of the pods of ${stack}`);
    return simulated;
  }

  async stop(): Promise<void> {
    for (const simulated of this.#simulated.values()) await simulated.stop();
    this.kube.close();
    await this.#testbed.stop();
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Writes the settings of a stack, without the namespace of the keys. */
  configure(stack: string, settings: Readonly<Record<string, unknown>>): string {
    const path = join(this.settings, `Pulumi.${stack}.yaml`);
    const all = { ...settings, grafana: this.#reaching(stack, settings["grafana"]) };
    const config = Object.fromEntries(Object.entries(all).map(([key, value]) => [`homeslice:${key}`, value]));
    writeFileSync(path, stringify({ config }));
    return path;
  }

  /** The settings of Grafana, with a port that no other suite uses. */
  #reaching(stack: string, settings: unknown) {
    const port = this.#simulated.get(stack)?.grafanaPort;
    return { ...(typeof settings === "object" ? settings : {}), ...(port && { api: { port } }) };
  }

  env(): NodeJS.ProcessEnv {
    const { PULUMI_CONFIG_PASSPHRASE: _passphrase, PULUMI_BACKEND_URL: _backend, ...env } = process.env;
    return { ...env, HOMESLICE_HOME: this.home, HOMESLICE_CACHE: cache, KUBECONFIG: this.#testbed.kubeconfig };
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const child = spawn(process.execPath, ["cli/main.ts", ...args, "--config", this.settings], {
      env: { ...this.env(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const finished = once(child, "close").then(() => {
      this.said.push({ command: args.join(" "), text: stdout + stderr });
      return { code: child.exitCode, stdout, stderr };
    });
    return { child, stderr: () => stderr, finished };
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return this.start(args, env).finished;
  }

  /** Starts a command that is to be killed, and waits until it has said something. Its state is written at each step. */
  async startUntil(args: readonly string[], said: RegExp): Promise<Running> {
    const running = this.start(args, { PULUMI_SKIP_CHECKPOINTS: "false" });
    const isSaid = () => said.test(running.stderr());
    await eventually(() => isSaid() || running.child.exitCode !== null, `it says ${said}`, 120_000);
    if (!isSaid()) throw new Error(`ended without saying ${said}:\n${running.stderr()}`);
    return running;
  }

  /** The engine process at work on a stack. */
  enginePid(stack: string): number {
    const record = readFileSync(join(this.home, "stacks", stack, "engine.json"), "utf8");
    return z.object({ pid: z.number() }).parse(JSON.parse(record)).pid;
  }

  /** All objects of one kind, by the path of its list: `/apis/apps/v1/deployments`. */
  async list(path: string): Promise<z.infer<typeof listSchema>["items"]> {
    return listSchema.parse((await this.kube.get(path)).body).items;
  }

  async names(path: string): Promise<string[]> {
    return (await this.list(path)).map(({ metadata }) => metadata.name).sort();
  }
}
