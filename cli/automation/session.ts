import { UserError } from "@homeslice/config/errors.ts";
import type { Client } from "@homeslice/protocol/client.ts";

/** Asks for one page of a list. */
type ReadPage<Item> = (query: { limit: number; cursor?: string }) => Promise<{
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}>;

/** Every item of a list, page by page. */
export async function everything<Item>(read: ReadPage<Item>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: 1_000, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

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

  /** @throws UserError `definitions.unknown` */
  idOf(kind: Reference["kind"], name: string): string {
    const id = this.#ids.get(`${kind} ${name}`);
    if (id !== undefined) return id;
    throw unknownName({ kind, name }, "the definitions");
  }

  /** The name of an id; what was deleted keeps its id as a name, which fits nothing. */
  nameOf(kind: Reference["kind"], id: string): string {
    return this.#names.get(`${kind} ${id}`) ?? id;
  }
}

export function unknownName({ kind, name }: Reference, where: string): UserError {
  const what = `there is no ${kind.toLowerCase()} named "${name}"`;
  const fix =
    kind === "Action"
      ? "Define it, or correct the name."
      : "Create it by the API first: its secrets belong in no file.";
  return new UserError({ code: "definitions.unknown", where, what, fix });
}

/** What definitions are read from, and written to. */
export interface Session {
  readonly client: Client;
  readonly names: Names;
}
