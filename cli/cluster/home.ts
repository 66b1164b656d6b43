import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { locateHome, prepareHome } from "../local/home.ts";
import type { EngineFiles } from "./engineCommand.ts";

/** The checkout that this command line belongs to. */
export const checkout = resolve(import.meta.dirname, "../..");

/** Where cluster mode keeps what belongs to this machine: state, passphrase, and one private folder per stack. */
export interface Home {
  /** HOMESLICE_HOME, or `.homeslice` in the checkout. */
  readonly root: string;
  /** The local state backend. */
  readonly state: string;
  /** What the secrets in the local state are encrypted with. */
  readonly passphrase: string;
  /** Work directory of the runs on one stack. */
  readonly stack: string;
  /** Held by the run that is under way on the stack. */
  readonly lock: string;
  /** There while a run changes the stack; still there afterwards when it failed or was killed. */
  readonly unfinished: string;
  /** Of the engine process that is at work on the stack. */
  readonly engine: EngineFiles;
  /** Which cluster the stack was deployed to. */
  readonly cluster: string;
  /** The chosen context alone, for the engine. */
  readonly kubeconfig: string;
}

/**
 * Makes the folders of one stack, private to the user.
 *
 * @throws UserError when the data directory cannot be used, see `prepareHome`
 */
export function openHome(stack: string, env: NodeJS.ProcessEnv): Home {
  const local = locateHome(env);
  prepareHome(local);
  const path = (...names: string[]) => join(local.root, ...names);
  const home = {
    root: local.root,
    state: path("state"),
    passphrase: path("passphrase"),
    stack: path("stacks", stack),
    lock: path("stacks", `${stack}.lock`),
    unfinished: path("stacks", stack, "unfinished"),
    engine: { record: path("stacks", stack, "engine.json"), log: path("stacks", stack, "engine.log") },
    cluster: path("stacks", stack, "cluster.json"),
    kubeconfig: path("stacks", stack, "kubeconfig"),
  };
  for (const folder of [home.state, home.stack]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return home;
}

/** The cache directory of Homeslice; the launcher exports it. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  return resolve(env["HOMESLICE_CACHE"] || join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "homeslice"));
}
