import type { Input } from "@pulumi/pulumi";
import type { z } from "zod";

/** What a program may give for a value: it, or an output that becomes it, at any depth. */
export type DeepInput<T> = T extends readonly (infer Entry)[]
  ? Input<readonly DeepInput<Entry>[]>
  : T extends object
    ? Input<{ readonly [Key in keyof T]: DeepInput<T[Key]> }>
    : Input<T>;

/** The arguments that a schema describes, as a program gives them. */
export type ProgramArgs<Shape extends z.ZodRawShape> = {
  readonly [Key in keyof z.input<z.ZodObject<Shape>>]: DeepInput<z.input<z.ZodObject<Shape>>[Key]>;
};

/** Arguments that every resource has beside its own. */
export interface CommonArgs {
  /** Take over an object of the same name or slug that exists already, instead of failing. @default false */
  readonly adopt?: Input<boolean>;
}

/** The arguments of a resource in a program, from its definition. */
export type ResourceArgs<Definition extends { readonly args: z.ZodRawShape }> = ProgramArgs<Definition["args"]> &
  CommonArgs;
