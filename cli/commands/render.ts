import type { Command } from "commander";

interface Options {
  readonly stack: string;
  readonly out: string;
  readonly config?: string;
}

/** `render --stack NAME --out DIR`: the manifests of a stack, for GitOps. */
export function registerRender(program: Command): void {
  program
    .command("render")
    .description("write a stack's Kubernetes objects as files, for GitOps; secrets are named, not written")
    .requiredOption("--stack <name>", "the stack: dev, prod, or any other with a Pulumi.<name>.yaml")
    .requiredOption("--out <dir>", "folder for the files: empty, or of an earlier rendering")
    .option("--config <dir>", "folder with Pulumi.<stack>.yaml (default: this checkout)")
    .action(async (options: Options) => {
      const { render } = await import("../cluster/render/render.ts");
      await render(options);
    });
}
