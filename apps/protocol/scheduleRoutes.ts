import { z } from "zod";
import { Timestamp } from "./ids.ts";
import { listing, page, type Route, route, sortedBy } from "./route.ts";
import {
  FireFilter,
  NewSchedule,
  Schedule,
  ScheduleFilter,
  ScheduleFire,
  ScheduleId,
  TimingPreview,
} from "./schedules.ts";

const schedule = z.strictObject({ schedule_id: ScheduleId });

/** REST routes of schedules, by name. */
export const scheduleRoutes = {
  listSchedules: route({
    method: "GET",
    path: "/api/v1/schedules",
    summary: "List schedules",
    permission: "schedules:read",
    query: ScheduleFilter.extend(
      listing(sortedBy("created", "updated", "name", "next_fire").default("-created")).shape,
    ),
    response: page(Schedule),
  }),
  createSchedule: route({
    method: "POST",
    path: "/api/v1/schedules",
    summary:
      "Create a schedule: executions that start by themselves, in the name of whoever created or changed it last",
    permission: "schedules:write",
    body: NewSchedule,
    status: 201,
    response: Schedule,
  }),
  previewTiming: route({
    method: "POST",
    path: "/api/v1/schedules/preview",
    summary: "Show when something would be due, and create nothing",
    permission: "schedules:read",
    body: TimingPreview,
    response: z.object({ fires: z.array(Timestamp) }),
  }),
  getSchedule: route({
    method: "GET",
    path: "/api/v1/schedules/{schedule_id}",
    summary: "Show a schedule",
    permission: "schedules:read",
    params: schedule,
    response: Schedule,
  }),
  updateSchedule: route({
    method: "PUT",
    path: "/api/v1/schedules/{schedule_id}",
    summary: "Replace a schedule",
    permission: "schedules:write",
    params: schedule,
    body: NewSchedule,
    versioned: true,
    response: Schedule,
  }),
  deleteSchedule: route({
    method: "DELETE",
    path: "/api/v1/schedules/{schedule_id}",
    summary: "Delete a schedule; what it started stays",
    permission: "schedules:write",
    params: schedule,
    versioned: true,
    status: 204,
    response: z.void(),
  }),
  listScheduleFires: route({
    method: "GET",
    path: "/api/v1/schedules/{schedule_id}/fires",
    summary: "List what became of each time of a schedule, newest first",
    permission: "schedules:read",
    params: schedule,
    query: FireFilter.extend(listing(sortedBy("scheduled").default("-scheduled")).shape),
    response: page(ScheduleFire),
  }),
} satisfies Record<string, Route>;
