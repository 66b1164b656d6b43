/**
 * Keeps the shell of the dashboard, the document and its files, so that it opens without a network. What the API says is
 * never kept: what is old would look like what is. Nothing that somebody asks for is kept for later either.
 * Shows what comes by Web Push, too, also when no page is open.
 */

import { messageOf, notificationOf, openPage, type PageWindows, pageIn } from "./pushMessage.ts";

/** Lifted out at the build: every file of it, each with a hash of its content in its name. */
declare const SHELL_FILES: readonly string[];
/** Changes with every build, and the old cache goes. */
declare const SHELL_VERSION: string;

/** What this worker belongs to, and the windows that are open; the types of pages know neither. */
declare const registration: ServiceWorkerRegistration;
declare const clients: PageWindows;

const DOCUMENT = "/";

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface PushEvent extends ExtendableEvent {
  readonly data: { text(): string } | null;
}
interface NotificationEvent extends ExtendableEvent {
  readonly notification: Notification;
}
const isExtendable = (event: Event): event is ExtendableEvent => "waitUntil" in event;
const isFetch = (event: Event): event is FetchEvent => "respondWith" in event;
const isPush = (event: Event): event is PushEvent => "data" in event;
const isOfNotification = (event: Event): event is NotificationEvent => "notification" in event;

addEventListener("install", (event) => {
  if (isExtendable(event)) event.waitUntil(keepShell());
});
addEventListener("activate", (event) => {
  if (isExtendable(event)) event.waitUntil(dropOldShells());
});
addEventListener("fetch", (event) => {
  if (!isFetch(event)) return;
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || /^\/(api|auth|ws)\//.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(fromNetworkFirst(request));
  else if (SHELL_FILES.includes(pathname)) event.respondWith(fromShellFirst(request));
});
addEventListener("push", (event) => {
  if (!isPush(event)) return;
  const { title, options } = notificationOf(messageOf(event.data?.text() ?? ""), location.origin);
  event.waitUntil(registration.showNotification(title, options));
});
addEventListener("notificationclick", (event) => {
  if (!isOfNotification(event)) return;
  event.notification.close();
  event.waitUntil(openPage(clients, pageIn(event.notification.data, location.origin)));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(SHELL_VERSION);
  await cache.addAll([DOCUMENT, ...SHELL_FILES]);
}

async function dropOldShells(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== SHELL_VERSION).map((name) => caches.delete(name)));
}

async function fromNetworkFirst(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(DOCUMENT);
    if (kept === undefined) throw error;
    return kept;
  }
}

async function fromShellFirst(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? (await fetch(request));
}
