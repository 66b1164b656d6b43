import { z } from "zod";
import { Lock, LockExtension, LockFilter, LockId, LockRelease, NewLock } from "./locks.ts";
import { listing, page, type Route, route, sortedBy } from "./route.ts";

const lock = z.strictObject({ lock_id: LockId });

/** REST routes of locks, by name. */
export const lockRoutes = {
  listLocks: route({
    method: "GET",
    path: "/api/v1/locks",
    summary: "List locks",
    permission: "locks:read",
    query: LockFilter.extend(listing(sortedBy("created", "expires").default("-created")).shape),
    response: page(Lock),
  }),
  acquireLock: route({
    method: "POST",
    path: "/api/v1/locks",
    summary: "Take a lock of a server; refused while another one stands against it",
    permission: "locks:write",
    body: NewLock,
    status: 201,
    response: Lock,
  }),
  getLock: route({
    method: "GET",
    path: "/api/v1/locks/{lock_id}",
    summary: "Show a lock",
    permission: "locks:read",
    params: lock,
    response: Lock,
  }),
  extendLock: route({
    method: "POST",
    path: "/api/v1/locks/{lock_id}/extend",
    summary: "Let a lock of one's own hold longer, as often as it allows",
    permission: "locks:write",
    params: lock,
    body: LockExtension,
    response: Lock,
  }),
  releaseLock: route({
    method: "DELETE",
    path: "/api/v1/locks/{lock_id}",
    summary: "Release a lock of one's own",
    permission: "locks:write",
    params: lock,
    response: Lock,
  }),
  forceReleaseLock: route({
    method: "POST",
    path: "/api/v1/locks/{lock_id}/force-release",
    summary: "Release a lock of anybody, with a reason that the audit log keeps",
    permission: "locks:force",
    params: lock,
    body: LockRelease,
    response: Lock,
  }),
} satisfies Record<string, Route>;
