import { type FollowRunMessage, LiveRunMessage } from "@homeslice/protocol/live.ts";
import { isFinalRun } from "@homeslice/protocol/workflows.ts";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { followLive } from "../live/liveSocket.ts";
import { useLiveSession } from "../session/useLiveSession.ts";
import { runQuery } from "./queries.ts";

const hello: FollowRunMessage = { type: "follow" };

/** A run as it is now: asked for once, and followed until it has ended; one that is resumed is followed again. */
export function useLiveRun(runId: string) {
  const queryClient = useQueryClient();
  const query = useQuery(runQuery(runId));
  const { knownAt, onLoggedOut } = useLiveSession();
  const [isLost, setLost] = useState(false);
  const isFollowed = query.data !== undefined && !isFinalRun(query.data.state);
  useEffect(() => {
    if (!isFollowed || knownAt === undefined) return;
    const end = followLive({
      path: `/ws/workflow-runs/${encodeURIComponent(runId)}`,
      hello,
      onMessage: (data) => void queryClient.setQueryData(runQuery(runId).queryKey, LiveRunMessage.parse(data).run),
      onConnection: (isOpen) => setLost(!isOpen),
      onLoggedOut,
    });
    return () => {
      end();
      setLost(false);
    };
  }, [queryClient, runId, isFollowed, knownAt, onLoggedOut]);
  return { ...query, isLost };
}
