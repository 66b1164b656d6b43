import { readFileSync } from "node:fs";
import type { Edit } from "@homeslice/config";
import { type Document, isMap, isNode, parseDocument, visit } from "yaml";

/** Begins a comment that stands behind a key; of the characters that nobody writes. */
const BEHIND_KEY = "\uE000";

/** The settings file of a stack as a document that keeps its comments and its order. */
export function readDocument(path: string): Document {
  const text = readFileSync(path, "utf8");
  const document = parseDocument(text);
  markCommentsBehindKeys(document, text);
  return document;
}

/** The library knows comments before a value, on lines of their own, and takes one behind the key for the first of these. */
function markCommentsBehindKeys(document: Document, text: string): void {
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isNode(key) || !key.range || !isNode(value) || typeof value.commentBefore !== "string") return;
      const isBehind = /^[ \t]*:[ \t]+#/.test(text.slice(key.range[1]));
      if (isBehind) value.commentBefore = BEHIND_KEY + value.commentBefore;
    },
  });
}

/** The text of a document, long lines left as they are; the spaces around comments and brackets are the library's. */
export function textOf(document: Document): string {
  const text = document.toString({ lineWidth: 0 });
  return text.replaceAll(new RegExp(`:\\s*#${BEHIND_KEY}`, "g"), ": #");
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
