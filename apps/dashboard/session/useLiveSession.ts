import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { sessionQuery } from "./session.ts";

/** For what is followed live, which ends with a session and goes on in the next one. */
export function useLiveSession() {
  const queryClient = useQueryClient();
  const { data, dataUpdatedAt } = useQuery(sessionQuery);
  /** Has it looked after whether somebody is logged in, as a live view doubts. */
  const onLoggedOut = useCallback(() => void queryClient.invalidateQueries(sessionQuery), [queryClient]);
  return {
    onLoggedOut,
    /** When it was last known that somebody is logged in; undefined while nobody is. */
    knownAt: data?.caller ? dataUpdatedAt : undefined,
  };
}
