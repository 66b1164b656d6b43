import type { Caller } from "@homeslice/protocol/access.ts";
import { useQuery } from "@tanstack/react-query";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { sessionQuery } from "../session/session.ts";
import { Button } from "../ui/Button.tsx";
import { Mark, type Tone } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";
import type { PushRecord, PushState } from "./pushState.ts";
import { turnOff, turnOn } from "./thisBrowser.ts";
import { browserQuery } from "./useRenewedPush.ts";

const tones: Record<PushState["name"], Tone> = { on: "good", off: "quiet", blocked: "warning", unsupported: "warning" };

/** Whether one is told in this browser, what to do where one cannot be, and the switch for it. */
export function BrowserPanel() {
  const { data: session } = useQuery(sessionQuery);
  return session?.caller && <PanelOf caller={session.caller} />;
}

function PanelOf({ caller }: { caller: Caller }) {
  const {
    notifications: { browser: texts },
  } = useMessages();
  const { data: state, error, refetch } = useQuery(browserQuery(caller));
  if (error) return <ErrorNotice error={error} reset={() => void refetch()} />;
  if (!state) return <Skeleton rows={1} />;
  return (
    <section aria-labelledby="browser-title" className="panel stack">
      <div className="page-head">
        <h2 id="browser-title">{texts.title}</h2>
        <p role="status">
          <Mark tone={tones[state.name]}>{texts.states[state.name]}</Mark>
        </p>
      </div>
      <p>{texts.what[state.name]}</p>
      {state.name === "off" && <OnSwitch caller={caller} />}
      {state.name === "on" && <OffSwitch record={state.record} />}
    </section>
  );
}

function OnSwitch({ caller }: { caller: Caller }) {
  const {
    notifications: { browser: texts },
  } = useMessages();
  const change = useChange({
    run: () => turnOn(caller),
    invalidates: [["this-browser"]],
    says: (permission) => (permission === "granted" ? texts.nowOn : texts.notAllowed),
  });
  return (
    <>
      <div className="actions">
        <Button kind="primary" busy={change.busy} onClick={() => change.start()}>
          {texts.turnOn}
        </Button>
      </div>
      {change.error && <ErrorNotice error={change.error} />}
    </>
  );
}

function OffSwitch({ record }: { record: PushRecord }) {
  const {
    notifications: { browser: texts },
  } = useMessages();
  const change = useChange({
    run: () => turnOff(record),
    invalidates: [["this-browser"]],
    says: () => texts.nowOff,
  });
  return (
    <>
      <p className="muted">
        {texts.until} <Moment at={record.expires_at} />.
      </p>
      <div className="actions">
        <Button busy={change.busy} onClick={() => change.start()}>
          {texts.turnOff}
        </Button>
      </div>
      {change.error && <ErrorNotice error={change.error} />}
    </>
  );
}
