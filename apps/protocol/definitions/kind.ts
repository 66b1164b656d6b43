import type { z } from "zod";
import type { Reference, Session } from "./session.ts";

/** Something that is defined already. */
export interface Stored {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** As a file says it, with all defaults filled in. */
  readonly spec: object;
}

/** How one kind of definition is read and written. */
export interface Kind<Schema extends z.ZodType<object> = z.ZodType<object>> {
  /** What a file may say of it. */
  readonly schema: Schema;
  references(spec: object): Reference[];
  list(session: Session): Promise<Stored[]>;
  /** @returns its id */
  create(session: Session, name: string, spec: object): Promise<string>;
  update(session: Session, stored: Stored, spec: object): Promise<void>;
  remove(session: Session, stored: Stored): Promise<void>;
}

interface Typed<Schema extends z.ZodType<object>> {
  readonly schema: Schema;
  references(spec: z.output<Schema>): Reference[];
  list(session: Session): Promise<Stored[]>;
  create(session: Session, body: z.output<Schema> & { name: string }): Promise<string>;
  update(session: Session, stored: Stored, body: z.output<Schema> & { name: string }): Promise<void>;
  remove(session: Session, stored: Stored): Promise<void>;
}

/** A kind whose specs are of a type of their own, as one among others. */
export function kindOf<Schema extends z.ZodType<object>>({
  schema,
  references,
  list,
  create,
  update,
  remove,
}: Typed<Schema>): Kind<Schema> {
  return {
    schema,
    references: (spec) => references(schema.parse(spec)),
    list: async (session) =>
      (await list(session)).map((stored) => ({ ...stored, spec: schema.safeParse(stored.spec).data ?? stored.spec })),
    create: (session, name, spec) => create(session, { ...schema.parse(spec), name }),
    update: (session, stored, spec) => update(session, stored, { ...schema.parse(spec), name: stored.name }),
    remove,
  };
}
