import { permits } from "@homeslice/protocol/access.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { historyQuery, serversQuery } from "../api/queries.ts";
import { navigation } from "../app/navigation.ts";
import { applyTheme, themes } from "../app/theme.ts";
import { titleOf } from "../executions/title.ts";
import { useMessages } from "../i18n/messages.tsx";
import { sessionQuery } from "../session/session.ts";

/** One thing that the palette offers. */
export interface Entry {
  readonly key: string;
  readonly text: string;
  /** What kind of thing it is. */
  readonly kind: string;
  readonly run: () => void;
}

/** Every page that one may use, every server, what ran last, and the themes. */
export function useEntries(): Entry[] {
  const { app, commands: texts } = useMessages();
  const navigate = useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const { data: servers = [] } = useQuery({ ...serversQuery, refetchInterval: false });
  const { data: history } = useInfiniteQuery({ ...historyQuery({}), refetchInterval: false });
  const caller = session?.caller;
  const pages = navigation
    .flatMap((group) => group.pages)
    .filter(({ permission }) => caller && permits(caller, permission));
  const executions = history?.pages[0]?.items ?? [];
  return [
    ...pages.map(({ name, to }) => ({
      key: to,
      text: app.pages[name],
      kind: texts.page,
      run: () => void navigate({ to, search: {} }),
    })),
    ...servers.map(({ server_id, hostname }) => ({
      key: server_id,
      text: hostname,
      kind: texts.server,
      run: () => void navigate({ to: "/servers/$serverId", params: { serverId: server_id }, search: {} }),
    })),
    ...executions.map((execution) => ({
      key: execution.execution_id,
      text: titleOf(execution),
      kind: texts.execution,
      run: () =>
        void navigate({
          to: "/executions/$executionId",
          params: { executionId: execution.execution_id },
          search: {},
        }),
    })),
    ...themes.map((theme) => ({
      key: theme,
      text: `${app.theme}: ${app.themes[theme]}`,
      kind: texts.setting,
      run: () => applyTheme(theme),
    })),
  ];
}
