import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressed } from "./build/compressedPlugin.ts";
import { shell } from "./offline/shellPlugin.ts";

/** The service worker is one file by itself. */
const ofWorker = /offline\/(serviceWorker|pushMessage)\.ts$/;
/** What so many pages use is fetched with the first of them. */
const MANY_PAGES = 4;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), shell(), compressed()],
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // A browser asks for a few files at a time: what is needed together is one.
            { name: "shell", tags: ["$initial"], test: (file) => !ofWorker.test(file) },
            { name: "common", minShareCount: MANY_PAGES },
          ],
        },
      },
    },
  },
  // `npx vite apps/dashboard` beside a running orchestrator; HOMESLICE_URL says where that is.
  server: {
    proxy: Object.fromEntries(
      ["/api", "/auth", "/ws"].map((path) => [
        path,
        { target: process.env["HOMESLICE_URL"] ?? "http://127.0.0.1:8080", ws: path === "/ws" },
      ]),
    ),
  },
});
