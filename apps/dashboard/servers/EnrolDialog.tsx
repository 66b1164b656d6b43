import { Environment, type NewServer, type RegisteredServer } from "@homeslice/protocol/servers.ts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { z } from "zod";
import { api } from "../api/client.ts";
import { serverQuery, serversQuery } from "../api/queries.ts";
import { useChange } from "../api/useChange.ts";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { ErrorNotice } from "../ui/notices.tsx";
import { ago } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";

/** Registers a server, shows the command that enrols its agent, and waits until it is there. */
export function EnrolDialog({ onClose }: { onClose: () => void }) {
  const { servers: texts } = useMessages();
  const [registered, setRegistered] = useState<z.infer<typeof RegisteredServer>>();
  return (
    <Dialog title={texts.enrol.title} onClose={onClose} wide>
      {registered ? (
        <Enrolment registered={registered} onClose={onClose} />
      ) : (
        <RegistrationForm onRegistered={setRegistered} />
      )}
    </Dialog>
  );
}

const Fields = z.object({
  hostname: z.string(),
  environment: Environment,
  server_group: z.string().transform((group) => (group.trim() === "" ? null : group.trim())),
  tags: z.string().transform((tags) => tags.split(/[\s,]+/).filter(Boolean)),
});

function RegistrationForm({ onRegistered }: { onRegistered: (registered: z.infer<typeof RegisteredServer>) => void }) {
  const { servers: texts } = useMessages();
  const register = useChange({
    run: (body: z.input<typeof NewServer>) => api.call("registerServer", { body }),
    invalidates: [serversQuery.queryKey],
    onDone: onRegistered,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    register.start(Fields.parse(Object.fromEntries(new FormData(event.currentTarget))));
  };
  return (
    <form onSubmit={submit}>
      <p>{texts.enrol.what}</p>
      <div className="form-row">
        <Field label={texts.hostname} error={register.faultAt("hostname")}>
          {(control) => <input {...control} name="hostname" required autoComplete="off" spellCheck={false} />}
        </Field>
        <Field label={texts.environment}>
          {(control) => (
            <select {...control} name="environment">
              {Environment.options.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div className="form-row">
        <Field label={texts.group} optional error={register.faultAt("server_group")}>
          {(control) => <input {...control} name="server_group" autoComplete="off" />}
        </Field>
        <Field label={texts.tags} optional hint={texts.enrol.tagsHint} error={register.faultAt("tags")}>
          {(control) => <input {...control} name="tags" autoComplete="off" />}
        </Field>
      </div>
      {register.error && <ErrorNotice error={register.error} />}
      <div className="dialog-actions">
        <Button type="submit" kind="primary" busy={register.busy}>
          {texts.enrol.register}
        </Button>
      </div>
    </form>
  );
}

/** Has the owner of a server say what may be run there. */
const ALLOW = "sudoedit /etc/homeslice/policy.yaml && sudo systemctl reload homeslice-agent";

interface EnrolmentProps {
  readonly registered: z.infer<typeof RegisteredServer>;
  readonly onClose: () => void;
}

function Enrolment({ registered: { server, enrolment_token, enrolment_expires_at }, onClose }: EnrolmentProps) {
  const { servers: texts, ui } = useMessages();
  const language = useLanguage();
  const now = useNow();
  const { data } = useQuery({ ...serverQuery(server.server_id), refetchInterval: 1_000 });
  const connected = data !== undefined && data.status.last_heartbeat !== null;
  const command = `sudo ./homeslice agent install --url ${globalThis.location.origin} --token ${enrolment_token}`;
  return (
    <>
      <ol className="steps">
        <li>
          <p>{texts.enrol.runThis(server.hostname)}</p>
          <pre className="command-box">{command}</pre>
          <div className="actions">
            <CopyButton text={command} />
          </div>
          <p className="muted">{texts.enrol.expires(ago(enrolment_expires_at, now, language))}</p>
        </li>
        <li>
          <p>{texts.enrol.allow}</p>
          <pre className="command-box">{ALLOW}</pre>
          <p className="muted">{texts.enrol.allowHint}</p>
        </li>
      </ol>
      <p role="status" className="progress-line" data-done={connected}>
        {connected ? texts.enrol.connected(server.hostname) : texts.enrol.waiting(server.hostname)}
      </p>
      <div className="dialog-actions">
        {connected && (
          <Link
            to="/servers/$serverId"
            params={{ serverId: server.server_id }}
            search={{}}
            className="button button-primary"
          >
            {texts.enrol.open}
          </Link>
        )}
        <Button onClick={onClose}>{ui.close}</Button>
      </div>
    </>
  );
}
