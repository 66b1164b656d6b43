import type { CompiledQuery } from "kysely";
import type { Connection } from "./database.ts";

/** Sends a statement. @returns its rows */
type Send = <Row>(statement: CompiledQuery<Row>) => Promise<Row[]>;

/**
 * Sends statements of a transaction one behind the other, in the order of the calls, without waiting for the answers in
 * between: together they take one way to the database.
 * @throws what the first that fails throws; those behind it fail too
 */
export async function together<Result>(transaction: Connection, ask: (send: Send) => Promise<Result>): Promise<Result> {
  return await transaction.getExecutor().provideConnection(async (connection) => {
    const send = async <Row>(statement: CompiledQuery<Row>) => (await connection.executeQuery<Row>(statement)).rows;
    return await ask(send);
  });
}
