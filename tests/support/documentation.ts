import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

/** An example of the documentation: a block of code. */
export interface Example {
  readonly language: string;
  readonly text: string;
}

const directory = join(import.meta.dirname, "../../docs");

/** Every page that somebody wrote; references are generated. */
export function pages(): string[] {
  return readdirSync(directory).filter((name) => name.endsWith(".md"));
}

/** The examples of a page, in their order. */
export function examples(page: string): Example[] {
  const text = readFileSync(join(directory, page), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
    language,
    text: code,
  }));
}

/** Those of them in one language. */
export function examplesIn(page: string, language: string): string[] {
  return examples(page)
    .filter((example) => example.language === language)
    .map(({ text }) => text);
}

/** Whether an example shows settings of a stack. */
export function showsSettings({ language, text }: Example): boolean {
  return language === "yaml" && /^(config|homeslice:\w+):/.test(text);
}

/** What is typed on a terminal, one after the other, each with what is shown below it. */
export function terminal(text: string): string[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => step.trimEnd());
}

/** A command of `./homeslice` as its words, with the values of variables. */
export function argumentsOf(command: string, variables: ReadonlyMap<string, string> = new Map()): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, quoted, plain]) => quoted ?? plain ?? "")
    .map((word) => word.replace(/^\$([A-Z]+)$/, (_, name: string) => variables.get(name) ?? word))
    .slice(1);
}

const narrow = (line: string) => line.replaceAll(/ {2,}/g, " ");

/** Whether an output begins as it is shown: `…` and times stand for anything, and columns may be wider. */
export function expectShown(out: string, shown: readonly string[], command: string): void {
  const lines = out.split("\n").map(narrow);
  for (const [at, line] of shown.entries()) {
    const pattern = narrow(line)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…")
      .replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      .replaceAll("…", ".*");
    expect(lines[at], command).toMatch(new RegExp(`^${pattern}$`));
  }
}
