import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useRef } from "react";
import { z } from "zod";
import { useMessages } from "../i18n/messages.tsx";
import { ErrorNotice } from "../ui/notices.tsx";
import { logIn, providerLogin } from "./session.ts";

const Fields = z.object({ username: z.string(), password: z.string() });

/** Asks who is there, over whatever page is open: what was filled in there is still there afterwards. */
export function SignIn({ byProvider, byPassword }: { byProvider: boolean; byPassword: boolean }) {
  const { session: texts } = useMessages();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="sign-in" aria-labelledby={title} onCancel={(event) => event.preventDefault()}>
      <h1 id={title}>{texts.title}</h1>
      {byProvider && (
        <a className="button" href={providerLogin(globalThis.location.pathname + globalThis.location.search)}>
          {texts.byProvider}
        </a>
      )}
      {byPassword && <PasswordForm />}
      <p className="muted">{texts.help}</p>
    </dialog>
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
      <label>
        {texts.username}
        <input name="username" autoComplete="username" required />
      </label>
      <label>
        {texts.password}
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      {enter.error && <ErrorNotice error={enter.error} />}
      <button type="submit" className="primary" disabled={enter.isPending}>
        {texts.enter}
      </button>
    </form>
  );
}
