import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { problemOf } from "./api/client.ts";
import { createAppRouter } from "./app/router.tsx";
import { applyTheme, storedTheme } from "./app/theme.ts";
import { MessagesProvider, preferredLanguage } from "./i18n/messages.tsx";
import { sessionQuery } from "./session/session.ts";
import "./ui/styles.css";

const language = preferredLanguage(navigator.languages);
document.documentElement.lang = language;
applyTheme(storedTheme());

const queryClient: QueryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 2_000, retry: 1 } },
  // A session that has ended is noticed by the first request that is refused.
  queryCache: new QueryCache({
    onError: (error) => {
      if (problemOf(error).code === "not_authenticated") void queryClient.invalidateQueries(sessionQuery);
    },
  }),
});
const router = createAppRouter(queryClient);

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no element with the id root");
createRoot(root).render(
  <StrictMode>
    <MessagesProvider language={language}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MessagesProvider>
  </StrictMode>,
);
