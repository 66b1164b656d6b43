import { useQueryClient } from "@tanstack/react-query";
import { useMessages } from "../i18n/messages.tsx";
import { Moment } from "../ui/Moment.tsx";
import { useOnline } from "./useOnline.ts";

/** Says that nothing is to be had, and how old is what is shown. */
export function OfflineBanner() {
  const { ui } = useMessages();
  const queryClient = useQueryClient();
  if (useOnline()) return <p role="status" className="visually-hidden" />;
  const updates = queryClient
    .getQueryCache()
    .getAll()
    .map(({ state }) => state.dataUpdatedAt);
  const last = Math.max(0, ...updates);
  return (
    <p role="status" className="banner offline">
      {ui.offline}. {ui.offlineWhat}{" "}
      {last > 0 && (
        <>
          {ui.asOf} <Moment at={new Date(last).toISOString()} />.
        </>
      )}
    </p>
  );
}
