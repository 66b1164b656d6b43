import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Edit } from "@homeslice/config";
import { type Document, isMap, parseDocument } from "yaml";

/** The settings file of a stack as a document that keeps its comments and its order. */
export function readDocument(path: string): Document {
  return parseDocument(readFileSync(path, "utf8"));
}

/** The text of a document, long lines left as they are; the spaces around comments and brackets are the library's. */
export function textOf(document: Document): string {
  return document.toString({ lineWidth: 0 });
}

/** Replaces the file in one step: whoever reads it, and whenever this is killed, it is the old one or the new one. */
export function replaceFile(path: string, text: string): void {
  const next = `${path}.${process.pid}.new`;
  try {
    writeFileSync(next, text, { mode: statSync(path).mode });
    renameSync(next, path);
  } finally {
    rmSync(next, { force: true });
  }
}

/** Makes the edits in a document: keys that come new stand after what there is. */
export function applyEdits(document: Document, edits: readonly Edit[]): void {
  for (const {
    path: [group, ...rest],
    value,
  } of edits) {
    const path = ["config", `homeslice:${group}`, ...rest];
    if (value !== undefined) document.setIn(path, document.createNode(value));
    else document.deleteIn(path);
    const parent = path.slice(0, -1);
    const left = document.getIn(parent);
    if (value === undefined && parent.length > 1 && isMap(left) && left.items.length === 0) document.deleteIn(parent);
  }
}
