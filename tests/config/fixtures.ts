import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const directory = join(import.meta.dirname, "..", "fixtures", "config");
const StackFile = z.object({ config: z.record(z.string(), z.unknown()) });

/** A configuration as a user might write it, named by what is special about it. */
export interface Fixture {
  readonly name: string;
  /** From a first line `# stack: NAME`; prod where there is none. */
  readonly stack: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export function fixtures(kind: "valid" | "invalid"): Fixture[] {
  const files = readdirSync(join(directory, kind)).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => {
    const text = readFileSync(join(directory, kind, file), "utf8");
    const stack = /^# stack: (.*)$/m.exec(text)?.[1] ?? "prod";
    return { name: file.slice(0, -".yaml".length), stack, values: StackFile.parse(parse(text)).config };
  });
}

/** What a user has to read after the mistake. */
export function expectedMessage(name: string): string {
  return readFileSync(join(directory, "invalid", `${name}.txt`), "utf8").trimEnd();
}

/** The settings of a stack file at the root of the checkout. */
export function stackFile(stack: string): Readonly<Record<string, unknown>> {
  const text = readFileSync(join(import.meta.dirname, "..", "..", `Pulumi.${stack}.yaml`), "utf8");
  return StackFile.parse(parse(text)).config;
}
