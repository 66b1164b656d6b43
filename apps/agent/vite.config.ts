import { defineConfig } from "vite";

/** The agent as plain JavaScript: `main.mjs`, and `runner.mjs` for the process of a check, with their libraries. */
export default defineConfig({
  root: import.meta.dirname,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    target: "node24",
    outDir: "dist",
    rolldownOptions: {
      input: { main: "main.ts", runner: "operations/checks/runner.ts" },
      // Modules by their names, wherever the directory is put.
      output: { entryFileNames: "[name].mjs", chunkFileNames: "parts/[name]-[hash].mjs" },
    },
  },
});
