import { parseArgs } from "node:util";
import { UserError } from "@homeslice/config/errors.ts";
import type { Figures } from "./bench.ts";
import { benches } from "./catalogue.ts";
import { table } from "./table.ts";

// The program behind `./homeslice bench [NAME…] [--quick] [--json]`.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});

async function run(names: readonly string[]): Promise<Figures> {
  const figures: Figures = {};
  for (const name of names) {
    const bench = benches[name];
    if (bench === undefined) {
      throw new UserError({
        code: "bench.unknown",
        what: `there is no bench "${name}"`,
        fix: `Choose among: ${Object.keys(benches).join(", ")}.`,
      });
    }
    const say = (line: string) => process.stderr.write(`${name}: ${line}\n`);
    say(bench.description);
    const measured = await bench.run({ quick: values.quick, say });
    Object.assign(figures, measured);
    if (names.length > 1) process.stderr.write(table(measured));
  }
  return figures;
}

try {
  const figures = await run(positionals.length > 0 ? positionals : Object.keys(benches));
  process.stdout.write(values.json ? `${JSON.stringify(figures, undefined, 2)}\n` : table(figures));
  process.exitCode = values.quick || Object.values(figures).every(({ met }) => met) ? 0 : 1;
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`homeslice: ${error.message}\n`);
  process.exitCode = 2;
}
