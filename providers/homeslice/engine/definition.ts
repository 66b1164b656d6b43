import type { Value } from "@homeslice/plugin";
import type { z } from "zod";
import type { Authentik } from "../authentik/authentik.ts";

/** What a program says about a resource, checked and completed with defaults. */
export type ArgsOf<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** The requests that a kind of object needs. `Live` is the object as Authentik answers it. */
export interface Operations<Args, Live> {
  /** All objects with this natural key; asks by exact filters. */
  find(key: string): Promise<readonly Live[]>;
  /** Undefined, or an error of the kind "not found", when there is none. */
  get(id: string): Promise<Live | undefined>;
  create(args: Args): Promise<Live>;
  /** Changes the given arguments and leaves all others as they are. */
  update(id: string, changes: Partial<Args>): Promise<Live>;
  delete(id: string): Promise<unknown>;
  /** What takes requests of its own once the object exists; brings it about from whatever state it finds. */
  settle?(live: Live, args: Args, changed: ReadonlySet<string>): Promise<void>;
}

/** One kind of Authentik object: its arguments, how they compare, and the requests behind create, read, update, delete. */
export interface Definition<Shape extends z.ZodRawShape, Live extends object, Outputs extends string = string> {
  /** Token of the resource: `homeslice:authentik:Group`. */
  readonly type: string;
  /** What messages call it: `group`. */
  readonly noun: string;
  /** What the program gives. A default is the server's own: leaving an argument out later means going back to it. */
  readonly args: Shape;
  /** What else is known once it exists. */
  readonly outputs: Readonly<Record<Outputs, (live: Live) => Value | undefined>>;
  /** Arguments and outputs that are never shown. */
  readonly secrets?: readonly string[];
  /** Arguments that Authentik does not let change. */
  readonly replaces?: readonly (keyof Shape & string)[];
  /** Lists without an order. */
  readonly sets?: readonly (keyof Shape & string)[];
  /** Such lists to which Authentik adds entries of its own: it is enough that the given ones are there. */
  readonly extended?: readonly (keyof Shape & string)[];
  /** Mappings in which others may have keys too: only the given keys are looked at and changed. */
  readonly merged?: readonly (keyof Shape & string)[];
  /** Arguments that Authentik never tells again. */
  readonly writeOnly?: readonly (keyof Shape & string)[];
  /** Whether a replaced object must go before the new one comes; by default when both have the same natural key. */
  readonly deleteFirst?: boolean;
  /** Taken over without being told to, because there is always exactly one. */
  readonly alwaysAdopts?: boolean;
  /** What several arguments together must fulfil. */
  readonly rules?: (args: ArgsOf<Shape>) => readonly Failure[];
  /** What makes it the same object, when there is no id yet. */
  readonly key: (args: ArgsOf<Shape>) => string;
  readonly id: (live: Live) => string;
  /** Form of ids, to tell them from natural keys on import; by default a UUID. */
  readonly idForm?: RegExp;
  readonly operations: (authentik: Authentik) => Operations<ArgsOf<Shape>, Live>;
}

/** One mistake in the arguments of a resource. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** Defines a kind of object; `Live` is given, everything else follows from the definition. */
export function resource<Live extends object>() {
  return <Shape extends z.ZodRawShape, Outputs extends string>(definition: Definition<Shape, Live, Outputs>) =>
    definition;
}
