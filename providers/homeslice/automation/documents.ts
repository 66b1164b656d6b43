import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { UserError } from "@homeslice/config/errors.ts";
import { type KindName, kindNames, kinds } from "@homeslice/protocol/definitions/kinds.ts";
import { LineCounter, parseAllDocuments } from "yaml";
import { z } from "zod";

/** One definition as a file holds it. */
export interface Document {
  readonly kind: KindName;
  readonly name: string;
  /** Checked, with all defaults filled in. */
  readonly spec: object;
  /** Where it stands: `actions.yaml:12`. */
  readonly place: string;
}

const Outline = z.strictObject({
  kind: z.enum(kindNames),
  name: z.string().min(1).max(200),
  spec: z.record(z.string(), z.unknown()),
});

/**
 * Reads every `.yaml` and `.yml` file of a directory, and of those in it. The loader knows plain YAML alone: no tags, and no
 * aliases to grow from.
 * @throws UserError `definitions.invalid` naming every mistake of every file with its line
 */
export function readDocuments(directory: string): Document[] {
  const found = filesIn(directory).map((file) => readFile(directory, file));
  const documents = found.flatMap((file) => file.documents);
  const mistakes = [...found.flatMap((file) => file.mistakes), ...doubled(documents)];
  if (mistakes.length === 0) return documents;
  const what = ["these definitions cannot be used:", ...mistakes.map((mistake) => `  ${mistake}`)].join("\n");
  const fix = "Correct the files; docs/definitions.md shows each kind. Nothing was changed.";
  throw new UserError({ code: "definitions.invalid", what, fix });
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(directory, name));
  } catch (cause) {
    const what = `${directory} cannot be read: ${cause instanceof Error ? cause.message : cause}`;
    const fix = "Give a directory with definitions in YAML files.";
    throw new UserError({ code: "definitions.unreadable", where: "--file", what, fix }, { cause });
  }
}

interface FileContent {
  readonly documents: Document[];
  readonly mistakes: string[];
}

function readFile(directory: string, path: string): FileContent {
  const file = relative(directory, path);
  const lines = new LineCounter();
  const content: FileContent = { documents: [], mistakes: [] };
  const options = { lineCounter: lines, schema: "core", uniqueKeys: true, prettyErrors: false } as const;
  for (const yaml of parseAllDocuments(readFileSync(path, "utf8"), options)) {
    const place = `${file}:${lines.linePos(yaml.contents?.range?.[0] ?? 0).line}`;
    const [fault] = [...yaml.errors, ...yaml.warnings];
    if (fault !== undefined) {
      content.mistakes.push(`${file}:${lines.linePos(fault.pos[0]).line}: ${fault.message}`);
    } else if (yaml.contents !== null) {
      const document = check(() => yaml.toJS({ maxAliasCount: 0 }), place);
      if ("mistakes" in document) content.mistakes.push(...document.mistakes);
      else content.documents.push(document);
    }
  }
  return content;
}

function check(read: () => unknown, place: string): Document | { mistakes: string[] } {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    return { mistakes: [`${place}: ${error instanceof Error ? error.message : error}`] };
  }
  const outline = Outline.safeParse(value);
  if (!outline.success) return { mistakes: mistakesOf(outline.error, place) };
  const { kind, name } = outline.data;
  const spec = kinds[kind].schema.safeParse(outline.data.spec);
  if (!spec.success) return { mistakes: mistakesOf(spec.error, `${place}: ${kind} "${name}"`, ["spec"]) };
  return { kind, name, spec: spec.data, place };
}

function mistakesOf(error: z.ZodError, place: string, above: readonly string[] = []): string[] {
  return error.issues.map(({ path, message }) => `${place}: ${[...above, ...path.map(String)].join(".")}: ${message}`);
}

function doubled(documents: readonly Document[]): string[] {
  const first = new Map<string, Document>();
  return documents.flatMap((document) => {
    const key = `${document.kind} "${document.name}"`;
    const before = first.get(key);
    if (before === undefined) first.set(key, document);
    return before === undefined ? [] : [`${document.place}: ${key} is there already, at ${before.place}`];
  });
}
