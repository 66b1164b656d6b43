import { type Client, everything } from "../client.ts";

/** What a definition can name. */
export interface Reference {
  readonly kind: "Action" | "Channel";
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
    this.fix =
      kind === "Action"
        ? "Define it, or correct the name."
        : "Create it by the API first: its secrets belong in no file.";
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
  return { client, names };
}
