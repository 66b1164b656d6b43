import type { Command } from "commander";

/** `down`: local mode. */
export function registerDown(program: Command): void {
  program
    .command("down")
    .description("end what runs on this machine; the data stay")
    .action(async () => {
      const { down } = await import("../local/down.ts");
      await down();
    });
}
