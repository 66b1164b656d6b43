import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { z } from "zod";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { ErrorNotice } from "../ui/notices.tsx";
import { logIn, providerLogin } from "./session.ts";

const Fields = z.object({ username: z.string(), password: z.string() });

/** Asks who is there, over whatever page is open: what was filled in there is still there afterwards. */
export function SignIn({ byProvider, byPassword }: { byProvider: boolean; byPassword: boolean }) {
  const { session: texts } = useMessages();
  return (
    <Dialog title={texts.title}>
      {byProvider && (
        <a
          className="button button-primary"
          href={providerLogin(globalThis.location.pathname + globalThis.location.search)}
        >
          {texts.byProvider}
        </a>
      )}
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
