import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ResourceUsage } from "@homeslice/protocol/link.ts";
import type { Limits } from "@homeslice/protocol/operations/index.ts";
import { writeDurably } from "../files.ts";
import { findProgram } from "../jobs/command.ts";
import type { Policy } from "../policy/policy.ts";
import { bubblewrapArguments } from "./bubblewrap.ts";
import { ControlGroups } from "./cgroup.ts";
import type { Hidden } from "./hidden.ts";
import { limitArguments } from "./limits.ts";
import { seccompProgram } from "./seccomp.ts";

const run = promisify(execFile);
const PROBE_TIMEOUT = 5_000;
/** The descriptor at which the shim opens the filter. */
const SECCOMP_DESCRIPTOR = 9;
/** In the directory of an attempt: the filter of its system calls. */
export const SECCOMP_FILE = "seccomp";

/** What the kernel can be asked for on this server. */
interface Tools {
  readonly groups: ControlGroups | undefined;
  readonly prlimit: string | undefined;
  readonly setpriv: string | undefined;
  readonly bubblewrap: { readonly standard: string | undefined; readonly strict: string | undefined };
  readonly seccomp: Buffer | undefined;
}

export interface Confinement {
  /** What stands before the command. */
  readonly wrapper: readonly string[];
  /** Control groups that the command joins before it starts. */
  readonly groups: readonly string[];
}

export interface Confined {
  readonly attempt: string;
  /** The attempt's own directory, and the part of it that its command may write to. */
  readonly directory: string;
  readonly work: string;
  readonly hidden: readonly Hidden[];
  /** What it may read all the same, if it is there. */
  readonly shown: readonly string[];
  readonly limits: Limits;
  readonly policy: Pick<Policy, "isolation" | "network" | "writablePaths">;
  /** False for what only looks: it is measured and limited, and sees the server as it is. */
  readonly isolate: boolean;
}

/** Confines what runs, with what this kernel offers, and says honestly what that is. */
export class Sandbox {
  readonly #tools: Tools;

  /** @param serverId of this agent: others on the same machine may run the same execution */
  static async find(serverId: string): Promise<Sandbox> {
    const bwrap = await findProgram("bwrap");
    const [standard, strict] = await Promise.all([probe(bwrap, "standard"), probe(bwrap, "strict")]);
    return new Sandbox({
      groups: await ControlGroups.find(serverId),
      prlimit: await findProgram("prlimit"),
      setpriv: await findProgram("setpriv"),
      bubblewrap: { standard, strict },
      seccomp: seccompProgram(),
    });
  }

  private constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** What is in force for commands under a policy. */
  protections({ isolation, network }: Pick<Policy, "isolation" | "network">): string[] {
    const { groups, prlimit, setpriv, bubblewrap, seccomp } = this.#tools;
    const found: (string | false | undefined)[] = [groups?.name, prlimit && "rlimits"];
    if (isolation === "standard" && bubblewrap.standard)
      found.push("no-new-privileges", "own-processes", "hidden-paths");
    else if (isolation === "standard") found.push(setpriv && "no-new-privileges");
    else if (isolation === "strict" && bubblewrap.strict) {
      found.push("no-new-privileges", "own-processes", "hidden-paths", "read-only-system", "no-capabilities");
      found.push(!network && "no-network", seccomp && "seccomp");
    }
    return found.filter((name) => typeof name === "string");
  }

  /** @returns how to start it, or why it must not be: what the owner asks for cannot be had */
  async confine(command: Confined): Promise<Confinement | { readonly refusal: string }> {
    const { groups, prlimit } = this.#tools;
    const inside = await this.#inside(command);
    if (inside === undefined) {
      return { refusal: "the owner of this server asks for strict isolation, and bubblewrap does not work here" };
    }
    const joined = (await groups?.create(command.attempt, command.limits)) ?? [];
    const rlimits = prlimit === undefined ? [] : [prlimit, ...limitArguments(command, groups !== undefined)];
    return { wrapper: [...rlimits, ...inside], groups: joined };
  }

  /** The processes of an attempt that the kernel knows of, wherever they went. */
  async members(attempt: string): Promise<number[]> {
    return (await this.#tools.groups?.members(attempt)) ?? [];
  }

  async usage(attempt: string): Promise<ResourceUsage | undefined> {
    return await this.#tools.groups?.usage(attempt);
  }

  /** Whether the kernel ended a process of the attempt for want of memory. */
  async ranOutOfMemory(attempt: string): Promise<boolean> {
    return ((await this.#tools.groups?.oomKills(attempt)) ?? 0) > 0;
  }

  async release(attempt: string): Promise<void> {
    await this.#tools.groups?.remove(attempt);
  }

  async #inside({ policy, isolate, directory, work, hidden, shown }: Confined): Promise<string[] | undefined> {
    const { bubblewrap, setpriv, seccomp } = this.#tools;
    const { isolation, network, writablePaths: writable } = policy;
    if (!isolate || isolation === "off") return [];
    const program = bubblewrap[isolation];
    if (program === undefined && isolation === "strict") return undefined;
    if (program === undefined) return setpriv === undefined ? [] : [setpriv, "--no-new-privs", "--"];
    const filter = isolation === "strict" && seccomp !== undefined;
    if (filter) await writeDurably(join(directory, SECCOMP_FILE), seccomp);
    const descriptor = filter ? SECCOMP_DESCRIPTOR : undefined;
    const view = { isolation, hidden, shown, own: work, writable, network, seccomp: descriptor };
    return [program, ...bubblewrapArguments(view)];
  }
}

/** Bubblewrap can be there and not work: inside a container, or where the kernel has no user namespaces. */
async function probe(program: string | undefined, isolation: "standard" | "strict"): Promise<string | undefined> {
  if (program === undefined) return undefined;
  const view = { isolation, hidden: [], shown: [], own: tmpdir(), writable: [], network: false, seccomp: undefined };
  try {
    await run(program, [...bubblewrapArguments(view), "/bin/true"], { timeout: PROBE_TIMEOUT });
    return program;
  } catch {
    return undefined;
  }
}
