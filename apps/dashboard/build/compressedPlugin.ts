import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import type { Plugin } from "vite";

/** Less than this fits into one packet as it is. */
const SMALLEST = 1_024;
const encodings = { ".br": promisify(brotliCompress), ".gz": promisify(gzip) } as const;

/** Writes each file of a build in compressed forms as well, beside it: a server sends the one that a browser takes. */
export function compressed(): Plugin {
  return {
    name: "homeslice-compressed",
    apply: "build",
    async writeBundle({ dir = "" }, bundle) {
      for (const file of Object.values(bundle)) {
        const content = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (content.length < SMALLEST) continue;
        for (const [suffix, compress] of Object.entries(encodings)) {
          await writeFile(join(dir, file.fileName + suffix), await compress(content));
        }
      }
    },
  };
}
