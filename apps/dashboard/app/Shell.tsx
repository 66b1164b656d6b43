import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Commands } from "../commands/Commands.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useRenewedPush } from "../notifications/useRenewedPush.ts";
import { OfflineBanner } from "../offline/OfflineBanner.tsx";
import { useOnline } from "../offline/useOnline.ts";
import { LoggedIn } from "../session/LoggedIn.tsx";
import { SessionGate } from "../session/SessionGate.tsx";
import { sessionQuery } from "../session/session.ts";
import { Button } from "../ui/Button.tsx";
import { ToastProvider } from "../ui/toasts.tsx";
import { Navigation } from "./Navigation.tsx";
import { ThemeChoice } from "./ThemeChoice.tsx";
import { useKeptFocus } from "./useKeptFocus.ts";

const NAVIGATION = "navigation";

/** What is around every page: the way to the content, the navigation, and the page itself. */
export function Shell() {
  const { app } = useMessages();
  const { data: session } = useQuery(sessionQuery);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const [menuAt, setMenuAt] = useState<string>();
  // On a phone the menu is over the page: going to another one closes it.
  const menuOpen = menuAt === path;
  const main = useFocusOnNavigation(path);
  const online = useOnline();
  useKeptFocus();
  useRenewedPush(session?.caller ?? null);
  return (
    <ToastProvider>
      <a className="skip" href="#content">
        {app.skip}
      </a>
      <header className="shell-header">
        <Button
          className="menu-button"
          aria-expanded={menuOpen}
          aria-controls={NAVIGATION}
          onClick={() => setMenuAt(menuOpen ? undefined : path)}
        >
          {app.menu}
        </Button>
        <Link to="/servers" search={{}} className="brand">
          <img src="/icon.svg" alt="" width="24" height="24" />
          Homeslice
        </Link>
        <Commands />
        <ThemeChoice />
        <LoggedIn />
      </header>
      <div className="shell-body">
        <Navigation id={NAVIGATION} caller={session?.caller ?? null} open={menuOpen} />
        <main id="content" ref={main} tabIndex={-1} data-stale={!online}>
          <OfflineBanner />
          <SessionGate>
            <Outlet />
          </SessionGate>
        </main>
      </div>
    </ToastProvider>
  );
}

/** After going to another page, the keyboard and the screen reader are there as well. */
function useFocusOnNavigation(path: string) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}
