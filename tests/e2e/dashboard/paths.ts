import { QueryClient } from "@tanstack/react-query";
import { vi } from "vitest";

// Modules of the dashboard ask for the address that they were served from.
vi.stubGlobal("location", new URL("http://localhost"));
const { createAppRouter } = await import("@homeslice/dashboard/app/router.ts");

/** The pages that there are, as the router knows them; `/` is one of the others. */
export const paths = Object.keys(createAppRouter(new QueryClient()).routesByPath).filter((path) => path !== "/");
