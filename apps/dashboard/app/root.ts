import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext } from "@tanstack/react-router";
import { Shell } from "./Shell.tsx";

/** The route that all others are in. */
export const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Shell });
