import { type CompiledQuery, type RawBuilder, sql } from "kysely";
import type { Connection } from "./database.ts";

/** Where a value goes in the text of a statement. */
export type Place<Values> = <Name extends keyof Values>(name: Name) => RawBuilder<Values[Name]>;

/**
 * A statement that is put together once, for that takes as long as carrying it out. Its text is the same whatever its
 * values are.
 */
export function statement<Values extends object, Row>(
  build: (connection: Connection, place: Place<Values>) => CompiledQuery<Row>,
): (connection: Connection, values: Values) => CompiledQuery<Row> {
  const names = new Map<unknown, keyof Values>();
  let built: CompiledQuery<Row> | undefined;
  const place: Place<Values> = <Name extends keyof Values>(name: Name) => {
    const mark = Symbol();
    names.set(mark, name);
    return sql<Values[Name]>`${mark}`;
  };
  return (connection, values) => {
    built ??= build(connection, place);
    const parameters = built.parameters.map((parameter) => {
      const name = names.get(parameter);
      return name === undefined ? parameter : values[name];
    });
    return { ...built, parameters };
  };
}
