import { useMutation, useQuery } from "@tanstack/react-query";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { leave } from "./leave.ts";
import { sessionQuery } from "./session.ts";

/** As whom one is logged in, and the way out. */
export function LoggedIn() {
  const { app, session: texts } = useMessages();
  const { data } = useQuery(sessionQuery);
  const leaving = useMutation({
    mutationFn: leave,
    // Anew, so that nothing that was shown is left.
    onSuccess: (redirect) => (redirect === null ? globalThis.location.reload() : globalThis.location.assign(redirect)),
  });
  if (!data?.caller) return null;
  return (
    <div className="logged-in">
      <span className="muted">{texts.loggedInAs(data.caller.subject, data.caller.role)}</span>
      <Button busy={leaving.isPending} onClick={() => leaving.mutate()}>
        {app.signOut}
      </Button>
    </div>
  );
}
