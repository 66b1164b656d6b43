import { type Caller, permits } from "@homeslice/protocol/access.ts";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { navigation } from "./navigation.ts";

/** The pages that somebody may use, in groups. */
export function Navigation({ caller, id, open }: { caller: Caller | null; id: string; open: boolean }) {
  const { app } = useMessages();
  const groups = navigation.map((group) => ({
    ...group,
    pages: group.pages.filter(({ permission }) => caller !== null && permits(caller, permission)),
  }));
  const heading = useId();
  return (
    <nav id={id} aria-label={app.navigation} className="navigation" data-open={open}>
      {groups.map(
        ({ name, pages }) =>
          pages.length > 0 && (
            <section key={name} aria-labelledby={`${heading}${name}`}>
              <h2 id={`${heading}${name}`}>{app.groups[name]}</h2>
              <ul>
                {pages.map((page) => (
                  <li key={page.to}>
                    <Link to={page.to} search={{}}>
                      {app.pages[page.name]}
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
    </nav>
  );
}
