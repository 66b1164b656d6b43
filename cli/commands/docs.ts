import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";

const REFERENCE = join(import.meta.dirname, "..", "..", "docs", "reference", "configuration.md");

/** `homeslice docs`: writes the pages that are generated from the code. */
export function registerDocs(program: Command): void {
  program
    .command("docs")
    .description("write the reference pages that are generated from the code")
    .action(async () => {
      const { configurationReference } = await import("@homeslice/config");
      await mkdir(dirname(REFERENCE), { recursive: true });
      await writeFile(REFERENCE, configurationReference());
      process.stdout.write(`${REFERENCE}\n`);
    });
}
