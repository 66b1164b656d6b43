import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { leave } from "./leave.ts";
import { sessionQuery } from "./session.ts";

/** As whom one is logged in, and the way out. */
export function LoggedIn() {
  const { app, session: texts } = useMessages();
  const queryClient = useQueryClient();
  const { data } = useQuery(sessionQuery);
  const leaving = useMutation({
    mutationFn: leave,
    onSuccess: (redirect) => {
      if (redirect !== null) globalThis.location.assign(redirect);
      queryClient.clear();
      return queryClient.invalidateQueries();
    },
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
