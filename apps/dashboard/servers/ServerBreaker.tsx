import { BreakerOverride, type Server } from "@homeslice/protocol/servers.ts";
import type { FormEvent } from "react";
import { api } from "../api/client.ts";
import { serverQuery } from "../api/queries.ts";
import { useChange } from "../api/useChange.ts";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Field } from "../ui/Field.tsx";
import { ErrorNotice } from "../ui/notices.tsx";
import { ago } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";

/** The circuit breaker of a server, and what an operator may make of it. */
export function ServerBreaker({ server }: { server: Server }) {
  const { servers: texts } = useMessages();
  const language = useLanguage();
  const now = useNow();
  const may = useMay("servers:operate");
  const { state, mode, failures, retry_at } = server.breaker;
  return (
    <>
      <p>{texts.breaker.what}</p>
      <Facts
        facts={[
          [texts.breaker.state, texts.breaker.states[state]],
          [texts.breaker.mode, texts.breaker.modes[mode]],
          [texts.breaker.failures, failures],
          [texts.breaker.retry, retry_at && ago(retry_at, now, language)],
        ]}
      />
      {may && <OverrideForm server={server} />}
    </>
  );
}

function OverrideForm({ server }: { server: Server }) {
  const { servers: texts } = useMessages();
  const override = useChange({
    run: (body: BreakerOverride) =>
      api.call("overrideBreaker", { params: { server_id: server.server_id }, body, version: server.version }),
    invalidates: [serverQuery(server.server_id).queryKey],
    says: () => texts.breaker.changed,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    override.start(BreakerOverride.parse(Object.fromEntries(new FormData(event.currentTarget))));
  };
  return (
    <form className="form" onSubmit={submit}>
      <div className="form-row">
        <Field label={texts.breaker.mode}>
          {(control) => (
            <select {...control} name="mode" defaultValue={server.breaker.mode}>
              {BreakerOverride.shape.mode.options.map((mode) => (
                <option key={mode} value={mode}>
                  {texts.breaker.modes[mode]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={texts.lock.reason} error={override.faultAt("reason")}>
          {(control) => <input {...control} name="reason" required maxLength={500} />}
        </Field>
      </div>
      {override.error && <ErrorNotice error={override.error} />}
      <div className="actions">
        <Button type="submit" busy={override.busy}>
          {texts.breaker.change}
        </Button>
      </div>
    </form>
  );
}
