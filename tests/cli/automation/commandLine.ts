import { runProgram } from "@homeslice/cli/program.ts";
import { vi } from "vitest";

/** What came of a command. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs commands in this process against the orchestrator at a URL, as whoever a token says. */
export function commandLine(url: string, token: () => Promise<string>) {
  return async (...argv: readonly string[]): Promise<Outcome> => {
    vi.stubEnv("HOMESLICE_URL", url);
    vi.stubEnv("HOMESLICE_TOKEN", await token());
    const said = { out: "", err: "" };
    const listen = (stream: NodeJS.WriteStream, name: keyof typeof said) =>
      vi.spyOn(stream, "write").mockImplementation((chunk: string | Uint8Array) => {
        said[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
        return true;
      });
    const spies = [listen(process.stdout, "out"), listen(process.stderr, "err")];
    try {
      return { code: await runProgram(argv), ...said };
    } finally {
      for (const spy of spies) spy.mockRestore();
      process.exitCode = undefined;
      vi.unstubAllEnvs();
    }
  };
}
