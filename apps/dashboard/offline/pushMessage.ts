/**
 * What comes by Web Push, as it is shown. The service worker is one file: what is taken in here must not be shared with the
 * pages, and so it is no library.
 */

interface PageWindow {
  readonly url: string;
  focus(): Promise<unknown>;
}

/** The windows that show pages of this origin: `clients` of a service worker. */
export interface PageWindows {
  matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<readonly PageWindow[]>;
  openWindow(url: string): Promise<unknown>;
}

/** What a message says; of one that is not as the orchestrator sends them, nothing. */
export function messageOf(text: string): Record<string, unknown> {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === "object" && message !== null ? { ...message } : {};
  } catch {
    // Browsers want each message shown, whatever it is.
    return {};
  }
}

/** The notification of a message. The same message, when it comes again, takes the place of the first. */
export function notificationOf(
  { id, title, text, page }: Record<string, unknown>,
  origin: string,
): { title: string; options: NotificationOptions } {
  const options = {
    data: pageIn(page, origin),
    ...(typeof id === "string" && { tag: id }),
    ...(typeof text === "string" && { body: text }),
  };
  return { title: typeof title === "string" ? title : "Homeslice", options };
}

/** The address of the page of this origin that is named; where another or none is, of the first one. */
export function pageIn(page: unknown, origin: string): string {
  const { href: first } = new URL("/", origin);
  if (typeof page !== "string" || !URL.canParse(page, origin)) return first;
  const url = new URL(page, origin);
  return url.origin === origin ? url.href : first;
}

/** Shows a page: in the window that has it, if any, since what is filled in elsewhere would be lost. */
export async function openPage(windows: PageWindows, page: string): Promise<void> {
  const open = await windows.matchAll({ type: "window", includeUncontrolled: true });
  const pathOf = (url: string) => new URL(url).pathname;
  const there = open.find(({ url }) => pathOf(url) === pathOf(page));
  await (there ? there.focus() : windows.openWindow(page));
}
