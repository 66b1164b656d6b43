import type { QueueStatus } from "@homeslice/protocol/queue.ts";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { api } from "../api/client.ts";
import { queueQuery } from "../api/queue.ts";
import { useChange } from "../api/useChange.ts";
import { ReasonDialog } from "../forms/ReasonDialog.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { duration } from "../ui/time.ts";

/** The queue: what waits and runs, and whether anything further begins. */
export function QueuePanel() {
  const { locks: texts } = useMessages();
  const { data: queue, error, refetch } = useQuery(queueQuery);
  const mayControl = useMay("queue:control");
  const title = useId();
  return (
    <section aria-labelledby={title} className="panel">
      <div className="page-head">
        <h2 id={title}>{texts.queue}</h2>
        {queue && (
          <p role="status">
            <Mark tone={queue.draining ? "warning" : "good"}>{queue.draining ? texts.draining : texts.flowing}</Mark>
          </p>
        )}
        {queue && mayControl && <DrainButton queue={queue} />}
      </div>
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {!queue && !error && <Skeleton rows={2} />}
      {queue && (
        <Facts
          facts={[
            [texts.queued, String(queue.queued)],
            [texts.held, String(queue.held)],
            [texts.open, String(queue.open)],
            [texts.oldest, queue.oldest_wait_seconds !== null && duration(queue.oldest_wait_seconds)],
            [texts.drainReason, queue.draining && queue.reason],
            [texts.drainedBy, queue.draining && queue.changed_by],
            [texts.since, queue.draining && queue.changed_at && <Moment at={queue.changed_at} />],
          ]}
        />
      )}
    </section>
  );
}

function DrainButton({ queue: { draining, version } }: { queue: QueueStatus }) {
  const { locks: texts } = useMessages();
  const [asking, setAsking] = useState(false);
  const control = (next: boolean, reason: string) =>
    api.call("controlQueue", { version, body: { draining: next, reason } });
  const flow = useChange({
    run: () => control(false, ""),
    invalidates: [queueQuery.queryKey],
    says: () => texts.flowsAgain,
    tellsRefusal: true,
  });
  if (draining)
    return (
      <Button busy={flow.busy} onClick={() => flow.start()}>
        {texts.flow}
      </Button>
    );
  return (
    <>
      <Button kind="danger" onClick={() => setAsking(true)}>
        {texts.drain}
      </Button>
      {asking && (
        <ReasonDialog
          title={texts.drain}
          action={texts.drain}
          send={(reason) => control(true, reason)}
          invalidates={[queueQuery.queryKey]}
          onClose={() => setAsking(false)}
        >
          <p>{texts.drainConsequence}</p>
        </ReasonDialog>
      )}
    </>
  );
}
