import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cacheDirectory } from "@homeslice/cli/cluster/home.ts";
import { readableOutputs } from "@homeslice/cli/cluster/outputs.ts";
import { findEngine } from "@homeslice/cli/engine/index.ts";
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation/index.js";
import { stringify } from "yaml";
import { z } from "zod";

const project = "standins";
const names = ["command", "docker", "grafana", "kubernetes", "random"];
const own = { name: "homeslice", path: join(import.meta.dirname, "../../providers/homeslice") };

/** A stack of its own for one test: real engine, state in `dir`, the stand-ins and our own provider as plugins. */
export interface TestStack {
  readonly stack: Stack;
  /** Runs the next operations with another program. */
  readonly use: (program: PulumiFn) => void;
  /** Text of the state file. */
  readonly state: () => string;
  /** Type and name in the program → id, of every resource. */
  readonly ids: () => ReadonlyMap<string, string>;
}

const Resources = z.array(
  z.object({
    urn: z.string(),
    type: z.string(),
    id: z.string().optional(),
    outputs: z.record(z.string(), z.unknown()).nullish(),
  }),
);
const Checkpoint = z.object({ checkpoint: z.object({ latest: z.object({ resources: Resources.default([]) }) }) });
const Update = z.object({ resourceChanges: z.record(z.string(), z.number()).optional() });

/** What the last operation did, as the engine has written it down. */
function newestUpdate(history: string) {
  const newest = readdirSync(history)
    .filter((name) => name.endsWith(".history.json"))
    .toSorted()
    .at(-1);
  if (newest === undefined) throw new Error(`no update is in ${history}`);
  return Update.parse(JSON.parse(readFileSync(join(history, newest), "utf8")));
}

let command: Promise<PulumiCommand> | undefined;

/** The engine, which is asked for its version once. */
function engineCommand(): Promise<PulumiCommand> {
  command ??= findEngineCommand();
  return command;
}

async function findEngineCommand(): Promise<PulumiCommand> {
  const cache = cacheDirectory(process.env);
  const engine = await findEngine({ cache, env: process.env, say: (line) => process.stderr.write(`${line}\n`) });
  return PulumiCommand.get({ root: dirname(dirname(engine.path)) });
}

export async function createStack(dir: string, env: Readonly<Record<string, string>> = {}): Promise<TestStack> {
  const pulumiCommand = await engineCommand();
  const folders = { work: join(dir, "work"), state: join(dir, "state") };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const plugins = { providers: [own, ...names.map((name) => ({ name, path: join(import.meta.dirname, name) }))] };
  writeFileSync(join(folders.work, "Pulumi.yaml"), stringify({ name: project, runtime: "nodejs", plugins }));
  let program: PulumiFn = async () => undefined;
  const created = await LocalWorkspace.createStack(
    { stackName: "test", projectName: project, program: () => program() },
    {
      workDir: folders.work,
      pulumiCommand,
      envVars: {
        PULUMI_BACKEND_URL: pathToFileURL(folders.state).href,
        PULUMI_CONFIG_PASSPHRASE: "not-a-secret",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        ...env,
      },
    },
  );
  const state = () => readFileSync(join(folders.state, `.pulumi/stacks/${project}/test.json`), "utf8");
  // After each operation the SDK starts the engine three times more for what its files tell.
  const stack = Object.assign(created, {
    info: async () => newestUpdate(join(folders.state, `.pulumi/history/${project}/test`)),
    outputs: async () =>
      readableOutputs(Checkpoint.parse(JSON.parse(state())).checkpoint.latest.resources) ??
      created.workspace.stackOutputs("test"),
  });
  return {
    stack,
    use: (next) => {
      program = next;
    },
    state,
    ids: () => {
      const { resources } = Checkpoint.parse(JSON.parse(state())).checkpoint.latest;
      return new Map(resources.map(({ urn, id = "" }) => [urn.split("::").slice(2).join(" "), id]));
    },
  };
}
