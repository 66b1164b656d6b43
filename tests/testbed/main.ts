import { parseArgs } from "node:util";
import { UserError } from "@homeslice/config";
import { z } from "zod";
import { lineProgress } from "./progress.ts";
import { down, reset, type TestbedOptions, up } from "./testbed.ts";

// The command line behind `./homeslice testbed`: up, down and reset, with --nodes, --dir and --json.

const usage = "usage: testbed up|down|reset [--nodes 3] [--dir FOLDER] [--json]";

const commandSchema = z.object({
  action: z.enum(["up", "down", "reset"]),
  nodes: z.coerce.number().int().min(1).max(100).default(3),
  dir: z.string().min(1).optional(),
  json: z.boolean().default(false),
});

function parseCommand(args: string[]): z.infer<typeof commandSchema> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { nodes: { type: "string" }, dir: { type: "string" }, json: { type: "boolean" } },
    });
    if (positionals.length !== 1) throw new Error("one of up, down, reset is expected");
    return commandSchema.parse({ action: positionals[0], ...values });
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new UserError({ code: "testbed.usage", what, fix: usage }, { cause: error });
  }
}

async function main(signal: AbortSignal): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  const options: TestbedOptions = {
    nodes: command.nodes,
    ...(command.dir !== undefined && { dir: command.dir }),
    signal,
    progress: lineProgress((line) => process.stderr.write(`homeslice: ${line}\n`)),
  };
  if (command.action === "down") return down(options);
  const testbed = await (command.action === "up" ? up : reset)(options);
  process.stdout.write(command.json ? `${JSON.stringify(testbed)}\n` : `KUBECONFIG=${testbed.kubeconfig}\n`);
}

const interruption = new AbortController();
const interrupt = () =>
  interruption.abort(new UserError({ code: "testbed.interrupted", what: "interrupted: nothing of the testbed runs" }));
process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
try {
  await main(interruption.signal);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`homeslice: ${error.message}\n`);
  process.exitCode = interruption.signal.aborted ? 130 : 2;
}
