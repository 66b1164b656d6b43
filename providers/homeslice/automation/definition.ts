import { UserError } from "@homeslice/config/errors.ts";
import { type CheckResult, containsUnknown, type DiffResult, type ReadResult, type Values } from "@homeslice/plugin";
import { type Client, ClientError } from "@homeslice/protocol/client.ts";
import type { Stored } from "@homeslice/protocol/definitions/kind.ts";
import { type KindName, kindNames, kinds } from "@homeslice/protocol/definitions/kinds.ts";
import { openSession, type Session, UnknownName } from "@homeslice/protocol/definitions/session.ts";
import { TunnelError } from "@homeslice/tunnel";
import { z } from "zod";
import { plain } from "../engine/check.ts";
import { changesBetween } from "../engine/compare.ts";
import type { Failure } from "../engine/definition.ts";
import type { Connect, Kind, Versions } from "../engine/kind.ts";
import { tunnelErrorIn } from "../http/tunnelled.ts";

/** The token of a kind of definition: `homeslice:automation:Schedule`. */
export const definitionType = (kind: KindName) => `homeslice:automation:${kind}`;

/** What every definition has beside what its kind says. */
const Common = z.object({
  name: z.string({ error: "is missing" }).min(1).max(200),
  /** Take over a definition of this name that exists already, instead of failing. @default false */
  adopt: z.boolean().default(false),
});

/** The life of one kind of definition in an orchestrator. */
export class DefinitionKind implements Kind {
  readonly type: string;
  readonly #name: KindName;
  readonly #client: () => Promise<Client>;

  constructor(name: KindName, client: () => Promise<Client>) {
    this.type = definitionType(name);
    this.#name = name;
    this.#client = client;
  }

  check(given: Values): CheckResult {
    const { spec, ...own } = parted(given);
    const common = containsUnknown(own) ? { data: own } : Common.safeParse(own);
    // What is known only after other resources exist is checked when it is.
    const said = containsUnknown(spec) ? { data: spec } : kinds[this.#name].schema.safeParse(spec);
    const failures = [common, said].flatMap((result) => ("error" in result ? failuresOf(result.error) : []));
    if (failures.length > 0) return { inputs: given, failures };
    return { inputs: { ...plain(said.data), ...plain(common.data) } };
  }

  diff(oldInputs: Values, { adopt: _, ...wanted }: Values): DiffResult {
    const { adopt: _adopt, ...before } = oldInputs;
    const gone = Object.keys(before).filter((key) => !Object.hasOwn(wanted, key));
    const deletions = gone.map((path) => ({ path, kind: "delete" as const }));
    return { changes: [...changesBetween(before, wanted, {}), ...deletions], replaces: (path) => path === "name" };
  }

  planned(inputs: Values): Values {
    return inputs;
  }

  async create(_: Connect, inputs: Values): Promise<{ readonly id: string; readonly outputs: Values }> {
    const { name, adopt, spec } = this.#read(inputs);
    return await this.#explained(name, async (session) => {
      const existing = await this.#find(session, (stored) => stored.name === name);
      if (existing !== undefined && !adopt) throw this.#exists(existing);
      if (existing !== undefined) await kinds[this.#name].update(session, existing, spec);
      const id = existing?.id ?? (await kinds[this.#name].create(session, name, spec));
      return { id, outputs: inputs };
    });
  }

  async read(_: Connect, id: string, oldInputs: Values | undefined): Promise<ReadResult | undefined> {
    const reading = this.#explained(id, async (session) => {
      const stored = await this.#find(session, (each) => each.id === id || (!oldInputs && each.name === id));
      if (stored === undefined) return undefined;
      const inputs = { ...plain(stored.spec), name: stored.name, adopt: oldInputs?.["adopt"] ?? false };
      return { id: stored.id, inputs, outputs: inputs };
    });
    // Where no orchestrator runs, nothing can be said of what its database holds; without its namespace, there is none.
    return await reading.catch((error: unknown) =>
      lackOf(error) === "orchestrator" && oldInputs ? { id, inputs: oldInputs, outputs: oldInputs } : gone(error),
    );
  }

  async update(_: Connect, id: string, __: Versions, inputs: Values): Promise<Values> {
    const { name, spec } = this.#read(inputs);
    return await this.#explained(name, async (session) => {
      const stored = await this.#find(session, (each) => each.id === id);
      if (stored === undefined) throw this.#gone(name);
      await kinds[this.#name].update(session, stored, spec);
      return inputs;
    });
  }

  async delete(_: Connect, id: string): Promise<void> {
    await this.#explained(id, async (session) => {
      const stored = await this.#find(session, (each) => each.id === id);
      if (stored !== undefined) await kinds[this.#name].remove(session, stored);
    }).catch(gone);
  }

  #read(inputs: Values) {
    const { spec, ...own } = parted(inputs);
    return { ...Common.parse(own), spec };
  }

  async #find(session: Session, fits: (stored: Stored) => boolean): Promise<Stored | undefined> {
    return (await kinds[this.#name].list(session)).find(fits);
  }

  /** Does something with the orchestrator; what it refuses is told with what to do about it. */
  async #explained<Result>(name: string, act: (session: Session) => Promise<Result>): Promise<Result> {
    try {
      return await act(await openSession(await this.#client()));
    } catch (error) {
      const where = `${this.#name} "${name}"`;
      if (error instanceof UnknownName) throw refused(where, error.message, error.fix, error);
      if (!(error instanceof ClientError)) throw error;
      const broken = tunnelErrorIn(error);
      if (broken !== undefined) throw broken;
      const faults = (error.problem.errors ?? []).map(({ path, message }) => `; ${path}: ${message}`).join("");
      throw refused(where, error.message + faults, error.problem.fix ?? "Correct it, and run again.", error);
    }
  }

  #exists({ name, id }: Stored): UserError {
    const what = `exists already in the orchestrator, with the id ${id}`;
    const fix = "Give it another name, set `adopt: true` to take it over, or import it by that id.";
    return new UserError({ code: "definitions.exists", where: `${this.#name} "${name}"`, what, fix });
  }

  #gone(name: string): UserError {
    const fix = "Refresh the stack, and run again.";
    return new UserError({ code: "definitions.gone", where: `${this.#name} "${name}"`, what: "is gone", fix });
  }
}

/** What is not there at the other end of the way through the cluster. */
function lackOf(error: unknown): "orchestrator" | "namespace" | undefined {
  if (!(error instanceof TunnelError)) return undefined;
  if (error.code === "tunnel.gone") return "namespace";
  return error.code === "tunnel.absent" ? "orchestrator" : undefined;
}

/** What went with its orchestrator needs nothing more. */
function gone(error: unknown): undefined {
  if (lackOf(error) === undefined) throw error;
}

/** Every kind of definition. */
export function definitionKinds(client: () => Promise<Client>): readonly Kind[] {
  return kindNames.map((name) => new DefinitionKind(name, client));
}

/** What a kind says, apart from what every definition has; the engine sends null for what was left out. */
function parted({ name, adopt, ...rest }: Values) {
  const spec = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  return { ...(name != null && { name }), ...(adopt != null && { adopt }), spec };
}

function failuresOf(error: z.ZodError | undefined): Failure[] {
  return (error?.issues ?? []).map(({ path, message }) => ({ property: path.map(String).join("."), reason: message }));
}

function refused(where: string, what: string, fix: string, cause: Error): UserError {
  return new UserError({ code: "definitions.refused", where, what, fix }, { cause });
}
