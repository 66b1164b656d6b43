import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Contact } from "../../../../cli/local/run/contact.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watch(limitMs: number | undefined) {
  const notices: string[] = [];
  const givenUp: string[] = [];
  const contact = new Contact({
    limitMs,
    notice: (text) => notices.push(text),
    giveUp: (reason) => givenUp.push(reason),
  });
  return { contact, notices, givenUp };
}

test("a short break is not worth a word", () => {
  const { contact, notices, givenUp } = watch(30_000);
  contact.report("the server is away");
  vi.advanceTimersByTime(1_900);
  contact.report(undefined);
  vi.advanceTimersByTime(60_000);
  expect({ notices, givenUp }).toEqual({ notices: [], givenUp: [] });
});

test("a longer one is told, and its end too", () => {
  const { contact, notices } = watch(30_000);
  contact.report("the server is away");
  vi.advanceTimersByTime(5_000);
  contact.report(undefined);
  vi.advanceTimersByTime(5_000);
  expect(notices).toEqual(["the server is away; waiting for up to 30 s", "in contact again"]);
});

test("after the limit it is given up with the latest reason", () => {
  const { contact, givenUp } = watch(30_000);
  contact.report("the orchestrator is away");
  vi.advanceTimersByTime(20_000);
  contact.report("the server is away");
  vi.advanceTimersByTime(9_999);
  expect(givenUp).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(givenUp).toEqual(["the server is away"]);
});

test("a contact that comes and goes is none", () => {
  const { contact, givenUp } = watch(30_000);
  for (let second = 0; second < 31; second++) {
    contact.report(second % 2 === 0 ? "the server is away" : undefined);
    vi.advanceTimersByTime(1_000);
  }
  expect(givenUp).toEqual(["the server is away"]);
});

test("without a limit it waits as long as it takes", () => {
  const { contact, notices, givenUp } = watch(undefined);
  contact.report("the server is away");
  vi.advanceTimersByTime(86_400_000);
  expect({ notices, givenUp }).toEqual({ notices: ["the server is away; waiting"], givenUp: [] });
});
