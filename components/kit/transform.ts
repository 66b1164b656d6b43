import type * as pulumi from "@pulumi/pulumi";

/** A change to the arguments of a child resource: values to merge in deeply, or a function that returns new arguments. */
export type Transform<Args> = DeepPartial<Args> | ((args: Args) => Args);

type DeepPartial<T> = T extends
  | pulumi.Output<unknown>
  | Promise<unknown>
  | readonly unknown[]
  | string
  | number
  | boolean
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> }
    : T;

/** The arguments after the change, if there is one. Objects merge, everything else replaces: lists and outputs too. */
export function transformed<Args extends object>(args: Args, transform: Transform<Args> | undefined): Args {
  if (transform === undefined) return args;
  return typeof transform === "function" ? transform(args) : merged(args, transform);
}

// The overload states what merging keeps true and the compiler cannot derive: a deep part of T merged into T is a T.
function merged<T>(base: T, change: DeepPartial<T>): T;
function merged(base: unknown, change: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(change)) return change;
  const keys = new Set([...Object.keys(base), ...Object.keys(change)]);
  return Object.fromEntries([...keys].map((key) => [key, key in change ? merged(base[key], change[key]) : base[key]]));
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
