import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";

/** `docs`: writes the pages of the documentation that are generated from the code. */
export function registerDocs(program: Command): void {
  program
    .command("docs")
    .description("write the reference pages that are generated from the code")
    .action(async () => {
      const { pages } = await import("../docs/pages.ts");
      const root = join(import.meta.dirname, "../..");
      for (const { path, render } of pages) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), render());
        process.stdout.write(`${path}\n`);
      }
    });
}
