import { randomBytes } from "node:crypto";
import { difference, isWithin } from "@homeslice/plugin/difference.ts";
import type {
  CheckCall,
  CheckResult,
  CreateCall,
  DeleteCall,
  DiffCall,
  DiffResult,
  Provider,
  ReadCall,
  UpdateCall,
} from "@homeslice/plugin/provider.ts";
import { containsUnknown, unknownValue, type Values, withoutNulls } from "@homeslice/plugin/values.ts";
import { z } from "zod";
import { execute, type Output } from "./execute.ts";

const inputsSchema = z.strictObject({
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  dir: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  interpreter: z.array(z.string()).default(["/bin/sh", "-c"]),
  stdin: z.string().optional(),
  triggers: z.array(z.json()).optional(),
  addPreviousOutputInEnv: z.boolean().default(true),
  logging: z.enum(["stdout", "stderr", "stdoutAndStderr", "none"]).default("stdoutAndStderr"),
});

const outputSchema = z.object({ stdout: z.string().default(""), stderr: z.string().default("") });

/** `command.local.Command`: command lines that are really run on this machine. */
export class CommandProvider implements Provider {
  readonly version = "4.5.0";
  readonly #cancellation = new AbortController();

  async configure(): Promise<void> {}

  configReplaces(): readonly string[] {
    return [];
  }

  async check({ type, inputs: given }: CheckCall): Promise<CheckResult> {
    if (type !== "command:local:Command") throw new Error(`the stand-in does not implement ${type}`);
    const inputs = withoutNulls(given);
    const parsed = inputsSchema.safeParse(inputs);
    if (parsed.success || containsUnknown(inputs)) return { inputs };
    const failures = parsed.error.issues.map(({ path, message }) => ({ property: path.join("."), reason: message }));
    return { inputs, failures };
  }

  async diff({ oldInputs, inputs }: DiffCall): Promise<DiffResult> {
    return { changes: difference(oldInputs, inputs), replaces: (path) => isWithin(path, "triggers") };
  }

  async create({ inputs, preview, name, log }: CreateCall): Promise<{ id: string; outputs: Values }> {
    if (preview) return { id: "", outputs: { ...inputs, stdout: unknownValue, stderr: unknownValue } };
    const output = await this.#run("create", inputs, undefined, log);
    return { id: `${name}${randomBytes(4).toString("hex")}`, outputs: { ...inputs, ...output } };
  }

  async read({ oldInputs, oldOutputs }: ReadCall): Promise<{ inputs: Values; outputs: Values }> {
    if (Object.keys(oldOutputs).length === 0) throw new Error("a command cannot be imported");
    return { inputs: oldInputs, outputs: oldOutputs };
  }

  async update({ inputs, oldOutputs, preview, log }: UpdateCall): Promise<Values> {
    if (preview) return { ...inputs, stdout: unknownValue, stderr: unknownValue };
    const step = inputs["update"] === undefined ? "create" : "update";
    return { ...inputs, ...(await this.#run(step, inputs, outputSchema.parse(oldOutputs), log)) };
  }

  async delete({ oldInputs, oldOutputs, log }: DeleteCall): Promise<void> {
    await this.#run("delete", oldInputs, outputSchema.parse(oldOutputs), log);
  }

  cancel(): void {
    this.#cancellation.abort();
  }

  async #run(
    step: "create" | "update" | "delete",
    inputs: Values,
    previous: Output | undefined,
    log: CreateCall["log"],
  ): Promise<{ stdout: string; stderr: string }> {
    const { environment, interpreter, stdin, dir, logging, addPreviousOutputInEnv, ...commands } =
      inputsSchema.parse(inputs);
    const command = commands[step];
    if (command === undefined) return { stdout: "", stderr: "" };
    const earlier =
      addPreviousOutputInEnv && previous
        ? { PULUMI_COMMAND_STDOUT: previous.stdout, PULUMI_COMMAND_STDERR: previous.stderr }
        : {};
    const output = await execute({
      command,
      interpreter,
      dir,
      stdin,
      environment: { ...earlier, ...environment },
      signal: this.#cancellation.signal,
    });
    if (output.stdout && /stdout/i.test(logging)) log("info", output.stdout);
    if (output.stderr && /stderr/i.test(logging)) log("info", output.stderr);
    return output;
  }
}
