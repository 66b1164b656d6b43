import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { shell } from "./offline/shellPlugin.ts";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), shell()],
  build: { target: "es2023", assetsInlineLimit: 0, chunkSizeWarningLimit: 600 },
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
