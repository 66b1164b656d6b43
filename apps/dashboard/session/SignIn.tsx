import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { z } from "zod";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { ErrorNotice } from "../ui/notices.tsx";
import { logIn, providerLogin, sessionQuery } from "./session.ts";

const Fields = z.object({ username: z.string(), password: z.string() });

interface SignInProps {
  readonly byProvider: boolean;
  readonly byPassword: boolean;
  /** Whether somebody was logged in on this page before: the provider then asks in a tab of its own, and this one stays. */
  readonly again: boolean;
}

/** Asks who is there, over whatever page is open: what was filled in there is still there afterwards. */
export function SignIn({ byProvider, byPassword, again }: SignInProps) {
  const { session: texts } = useMessages();
  // Whoever comes back to this tab may have logged in in another one.
  useQuery({ ...sessionQuery, refetchOnWindowFocus: "always" });
  return (
    <Dialog title={texts.title}>
      {byProvider && (
        <a
          className="button button-primary"
          href={providerLogin(globalThis.location.pathname + globalThis.location.search)}
          target={again ? "_blank" : undefined}
          rel="noreferrer"
        >
          {texts.byProvider}
        </a>
      )}
      {byProvider && again && <p>{texts.inTab}</p>}
      {byPassword && <PasswordForm />}
      <p className="muted">{texts.help}</p>
    </Dialog>
  );
}

function PasswordForm() {
  const { session: texts } = useMessages();
  const queryClient = useQueryClient();
  const enter = useMutation({
    mutationFn: ({ username, password }: z.infer<typeof Fields>) => logIn(username, password),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    enter.mutate(Fields.parse(Object.fromEntries(new FormData(event.currentTarget))));
  };
  return (
    <form onSubmit={submit}>
      <Field label={texts.username}>
        {(control) => <input {...control} name="username" autoComplete="username" required />}
      </Field>
      <Field label={texts.password}>
        {(control) => <input {...control} name="password" type="password" autoComplete="current-password" required />}
      </Field>
      {enter.error && <ErrorNotice error={enter.error} />}
      <Button type="submit" kind="primary" busy={enter.isPending}>
        {texts.enter}
      </Button>
    </form>
  );
}
