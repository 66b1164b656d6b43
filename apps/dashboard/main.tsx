import "./app/parsing.ts";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { problemOf } from "./api/client.ts";
import { createAppRouter } from "./app/router.ts";
import { applyTheme, storedTheme } from "./app/theme.ts";
import { MessagesProvider, messagesIn, preferredLanguage } from "./i18n/messages.tsx";
import { registerWorker } from "./offline/worker.ts";
import { sessionQuery } from "./session/session.ts";
import "./ui/styles.css";

const language = preferredLanguage(navigator.languages);
document.documentElement.lang = language;
applyTheme(storedTheme());

const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 2_000, retry: 1 },
    // By default a change made offline would be kept and sent later, when nobody expects it any more.
    mutations: { networkMode: "always" },
  },
  // A session that has ended is noticed by the first request that is refused.
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
});
function noticeEnd(error: Error): void {
  if (problemOf(error).code === "not_authenticated") void queryClient.invalidateQueries(sessionQuery);
}
const router = createAppRouter(queryClient);

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no element with the id root");
// Not awaited here: the file of a page waits until this one has run.
void show(root);

async function show(root: HTMLElement): Promise<void> {
  // What is shown first is asked for at once, not one after the other.
  void queryClient.prefetchQuery(sessionQuery);
  const [messages] = await Promise.all([messagesIn(language), router.load()]);
  createRoot(root).render(
    <StrictMode>
      <MessagesProvider language={language} messages={messages}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MessagesProvider>
    </StrictMode>,
  );
  // While it is developed, what is shown is what was just written.
  if (import.meta.env.PROD) void registerWorker();
}
