import { type Client, everything } from "../client.ts";

/** Kinds that a definition of another kind can name. */
const referable = ["Action", "Channel", "Secret", "Workflow"] as const;

/** What a definition can name. */
export interface Reference {
  readonly kind: (typeof referable)[number];
  readonly name: string;
}

/** Names of what there is, and ids: files know the first, the API the second. */
export class Names {
  readonly #ids = new Map<string, string>();
  readonly #names = new Map<string, string>();

  add({ kind, name }: Reference, id: string): void {
    this.#ids.set(`${kind} ${name}`, id);
    this.#names.set(`${kind} ${id}`, name);
  }

  /** Learns the name of something that was just created, if anything else can name it. */
  learn(kind: string, name: string, id: string): void {
    const named = referable.find((each) => each === kind);
    if (named !== undefined) this.add({ kind: named, name }, id);
  }

  has({ kind, name }: Reference): boolean {
    return this.#ids.has(`${kind} ${name}`);
  }

  /** @throws UnknownName */
  idOf(kind: Reference["kind"], name: string): string {
    const id = this.#ids.get(`${kind} ${name}`);
    if (id !== undefined) return id;
    throw new UnknownName({ kind, name });
  }

  /** The name of an id; what was deleted keeps its id as a name, which fits nothing. */
  nameOf(kind: Reference["kind"], id: string): string {
    return this.#names.get(`${kind} ${id}`) ?? id;
  }
}

/** A definition names what is nowhere. */
export class UnknownName extends Error {
  override readonly name = "UnknownName";
  /** What to do about it. */
  readonly fix: string;

  constructor({ kind, name }: Reference) {
    super(`there is no ${kind.toLowerCase()} named "${name}"`);
    this.fix = "Define it, or correct the name.";
  }
}

/** What definitions are read from, and written to. */
export interface Session {
  readonly client: Client;
  readonly names: Names;
}

/** Learns the names of all that definitions can name. */
export async function openSession(client: Client): Promise<Session> {
  const names = new Names();
  for (const { action_id, name } of await everything((query) => client.call("listActions", { query })))
    names.add({ kind: "Action", name }, action_id);
  for (const { channel_id, name } of await everything((query) => client.call("listChannels", { query }))) {
    names.add({ kind: "Channel", name }, channel_id);
  }
  for (const { secret_id, name } of await everything((query) => client.call("listSecrets", { query }))) {
    names.add({ kind: "Secret", name }, secret_id);
  }
  for (const { workflow_id, name } of await everything((query) => client.call("listWorkflows", { query }))) {
    names.add({ kind: "Workflow", name }, workflow_id);
  }
  return { client, names };
}
