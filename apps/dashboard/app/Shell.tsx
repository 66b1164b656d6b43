import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { LoggedIn } from "../session/LoggedIn.tsx";
import { SessionGate } from "../session/SessionGate.tsx";
import { ThemeChoice } from "./ThemeChoice.tsx";

/** What is around every page: the way to the content, the navigation, and the page itself. */
export function Shell() {
  const { app } = useMessages();
  const main = useFocusOnNavigation();
  return (
    <>
      <a className="skip" href="#content">
        {app.skip}
      </a>
      <header className="shell-header">
        <Link to="/servers" search={{}} className="brand">
          <img src="/icon.svg" alt="" width="24" height="24" />
          Homeslice
        </Link>
        <nav aria-label={app.navigation}>
          <Link to="/servers" search={{}}>
            {app.servers}
          </Link>
          <Link to="/history" search={{}}>
            {app.history}
          </Link>
        </nav>
        <ThemeChoice />
        <LoggedIn />
      </header>
      <main id="content" ref={main} tabIndex={-1}>
        <SessionGate>
          <Outlet />
        </SessionGate>
      </main>
    </>
  );
}

/** After going to another page, the keyboard and the screen reader are there as well. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}
