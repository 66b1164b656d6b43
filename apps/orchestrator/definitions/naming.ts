import { ApiError } from "@homeslice/protocol";
import { type Connection, type Database, isUniqueViolation } from "../database/database.ts";

/**
 * Writes in one transaction something whose name nothing else of its kind may have.
 * @param noun what messages call the kind
 * @throws ApiError conflict when the name is taken
 */
export async function writeNamed<T>(
  database: Database,
  noun: string,
  name: string,
  write: (transaction: Connection) => Promise<T>,
): Promise<T> {
  try {
    return await database.transaction().execute(write);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const one = /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
    throw new ApiError("conflict", `there is ${one} named "${name}" already`, { fix: "choose another name" });
  }
}
