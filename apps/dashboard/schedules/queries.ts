import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import type { ScheduleSearch } from "./scheduleSearch.ts";

/** Schedules, the next to be due first. */
export const schedulesQuery = ({ q, paused }: ScheduleSearch) =>
  pagesQuery(["schedules", { q, paused }], (place) =>
    api.call("listSchedules", {
      query: { sort: "next_fire", limit: 100, ...(q && { search: q }), ...(paused && { paused }), ...place },
    }),
  );

export const scheduleQuery = (schedule_id: string) =>
  queryOptions({
    queryKey: ["schedule", schedule_id],
    queryFn: () => api.call("getSchedule", { params: { schedule_id } }),
    refetchInterval: 5_000,
  });

/** What became of each time of a schedule, newest first. */
export const firesQuery = (schedule_id: string) =>
  pagesQuery(["schedule", schedule_id, "fires"], (place) =>
    api.call("listScheduleFires", { params: { schedule_id }, query: { limit: 50, ...place } }),
  );
