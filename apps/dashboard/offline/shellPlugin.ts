import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Plugin } from "vite";

const NAME = "serviceWorker";
/** What else makes the shell, by addresses that are the same for ever. */
const PUBLIC = ["/icon.svg", "/icon-192.png", "/icon-512.png", "/icon-maskable.png", "/manifest.webmanifest"];

/** Builds the service worker beside the pages, and tells it which files make the shell. */
export function shell(): Plugin {
  return {
    name: "homeslice-shell",
    apply: "build",
    config: ({ root = "" }) => ({
      build: {
        rolldownOptions: {
          input: { index: join(root, "index.html"), [NAME]: join(root, "offline/serviceWorker.ts") },
          // Its address is the same for ever: a browser looks there for a newer one.
          output: { entryFileNames: ({ name }) => (name === NAME ? "service-worker.js" : "assets/[name]-[hash].js") },
        },
      },
    }),
    generateBundle: {
      // When it is known which files there will be.
      order: "post",
      handler(_options, bundle) {
        const files = Object.keys(bundle)
          .filter((file) => file.startsWith("assets/") && !file.endsWith(".map"))
          .map((file) => `/${file}`);
        const version = createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 16);
        const worker = bundle["service-worker.js"];
        if (worker?.type !== "chunk") throw new Error("the build has no service worker");
        if (worker.imports.length > 0) throw new Error(`the service worker is not one file: see ${worker.imports}`);
        const shellFiles = JSON.stringify([...PUBLIC, ...files]);
        worker.code = `const SHELL_FILES=${shellFiles},SHELL_VERSION="${version}";${worker.code}`;
      },
    },
  };
}
