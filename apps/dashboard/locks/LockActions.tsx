import type { Lock } from "@homeslice/protocol/locks.ts";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { ReasonDialog } from "../forms/ReasonDialog.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { sessionQuery } from "../session/session.ts";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";

const HOUR = 3_600;

/** What can be done about a lock that stands: one's own is extended and released, that of others by force alone. */
export function LockActions({ lock, server }: { lock: Lock; server: string }) {
  const { data: session } = useQuery(sessionQuery);
  const mayLock = useMay("locks:write");
  const mayForce = useMay("locks:force");
  if (lock.status !== "active") return null;
  const isOwn = lock.locked_by.user === session?.caller?.subject && lock.locked_by.execution_id === null;
  return (
    <div className="row-actions">
      {isOwn && mayLock && <OwnLock lock={lock} server={server} />}
      {!isOwn && mayForce && <ForceButton lock={lock} server={server} />}
    </div>
  );
}

interface OfLock {
  readonly lock: Lock;
  /** Name of its server. */
  readonly server: string;
}

function OwnLock({ lock: { lock_id, timing }, server }: OfLock) {
  const { locks: texts } = useMessages();
  const [asking, setAsking] = useState(false);
  const params = { lock_id };
  const extend = useChange({
    run: () => api.call("extendLock", { params, body: { ttl_seconds: HOUR } }),
    invalidates: [["locks"]],
    says: () => texts.extended(server),
    tellsRefusal: true,
  });
  const release = useChange({
    run: () => api.call("releaseLock", { params }),
    invalidates: [["locks"], ["servers"]],
    says: () => texts.released(server),
    onDone: () => setAsking(false),
  });
  return (
    <>
      <Button
        aria-label={texts.extendOf(server)}
        busy={extend.busy}
        disabled={timing.current_extensions >= timing.max_extension_count}
        onClick={() => extend.start()}
      >
        {texts.extend}
      </Button>
      <Button aria-label={texts.releaseOf(server)} onClick={() => setAsking(true)}>
        {texts.release}
      </Button>
      {asking && (
        <ConfirmDialog
          title={texts.releaseOf(server)}
          action={texts.release}
          busy={release.busy}
          error={release.error}
          onConfirm={() => release.start()}
          onClose={() => setAsking(false)}
        >
          <p>{texts.releaseConsequence}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function ForceButton({ lock, server }: OfLock) {
  const { locks: texts } = useMessages();
  const [asking, setAsking] = useState(false);
  const { lock_id, locked_by, lock_metadata } = lock;
  return (
    <>
      <Button kind="danger" aria-label={texts.forceOf(server)} onClick={() => setAsking(true)}>
        {texts.force}
      </Button>
      {asking && (
        <ReasonDialog
          title={texts.forceOf(server)}
          action={texts.force}
          send={(reason) => api.call("forceReleaseLock", { params: { lock_id }, body: { reason } })}
          invalidates={[["locks"], ["servers"]]}
          onClose={() => setAsking(false)}
        >
          <p>{texts.forceConsequence(locked_by.user, lock_metadata.reason)}</p>
        </ReasonDialog>
      )}
    </>
  );
}
