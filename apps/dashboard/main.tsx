import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createAppRouter } from "./app/router.tsx";
import { applyTheme, storedTheme } from "./app/theme.ts";
import { MessagesProvider, preferredLanguage } from "./i18n/messages.tsx";
import "./ui/styles.css";

const language = preferredLanguage(navigator.languages);
document.documentElement.lang = language;
applyTheme(storedTheme());

const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: 2_000, retry: 1 } } });
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
