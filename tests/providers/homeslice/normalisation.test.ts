import type { Value, Values } from "@homeslice/plugin";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AuthentikDouble } from "../../doubles/authentik/double.ts";
import { Driver } from "./driver.ts";
import { type References, references } from "./samples.ts";

let double: AuthentikDouble;
let refs: References;
let number = 0;

beforeAll(async () => {
  double = await AuthentikDouble.start();
  refs = references(double);
});

afterAll(async () => {
  await double.stop();
  expect(double.defects).toEqual([]);
});

const optional = (arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const set = (values: () => Value[]) => fc.constant(0).chain(() => fc.shuffledSubarray(values()));
const text = fc.string({ unit: "grapheme", maxLength: 20 });
const json = fc.jsonValue({ maxDepth: 2 }).map((value): Value => JSON.parse(JSON.stringify(value)));
const duration = fc
  .tuple(fc.constantFrom("seconds", "minutes", "hours", "days"), fc.nat(99))
  .map(([unit, count]) => `${unit}=${count}`);

/** Arguments as a program might give them: some left out, lists in any order. */
const arbitraries: Readonly<Record<string, Record<string, fc.Arbitrary<Value | undefined>>>> = {
  Group: {
    isSuperuser: optional(fc.boolean()),
    parents: optional(set(() => [refs.group, refs.otherGroup])),
    users: optional(set(() => [refs.user, refs.otherUser])),
    attributes: optional(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), json)),
  },
  OAuth2Provider: {
    authorizationFlow: fc.constant(0).map(() => refs.flow),
    invalidationFlow: fc.constant(0).map(() => refs.invalidation),
    propertyMappings: set(() => [refs.openid, refs.profile]).filter((list) => list.length > 0),
    grantTypes: optional(
      fc.shuffledSubarray(["authorization_code", "implicit", "refresh_token", "client_credentials"], { minLength: 1 }),
    ),
    redirectUris: fc.array(
      fc.record(
        {
          url: fc.webUrl(),
          matchingMode: fc.constantFrom("strict", "regex"),
          redirectUriType: fc.constantFrom("authorization", "logout"),
        },
        { requiredKeys: ["url"] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    signingKey: fc.boolean().map((is) => (is ? refs.certificate : null)),
    accessTokenValidity: optional(duration),
    includeClaimsInIdToken: optional(fc.boolean()),
    clientSecret: optional(fc.stringMatching(/^[ -~]{1,40}$/)),
  },
  ProxyProvider: {
    authorizationFlow: fc.constant(0).map(() => refs.flow),
    invalidationFlow: fc.constant(0).map(() => refs.invalidation),
    externalHost: fc.webUrl({ validSchemes: ["https"] }),
    propertyMappings: optional(set(() => [refs.openid, refs.profile])),
    skipPathRegex: optional(text),
    interceptHeaderAuth: optional(fc.boolean()),
  },
  User: {
    email: optional(fc.constantFrom("", "a@example.org")),
    groups: optional(set(() => [refs.group, refs.otherGroup])),
    isActive: optional(fc.boolean()),
    attributes: optional(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), json)),
  },
  PasswordPolicy: {
    promptStages: fc.constant(0).map(() => [refs.stage]),
    lengthMin: optional(fc.nat(64)),
    checkZxcvbn: optional(fc.boolean()),
    errorMessage: optional(text.filter((message) => message !== "")),
  },
};

const nameOf: Readonly<Record<string, string>> = { User: "username" };

function given(values: Record<string, Value | undefined>, kind: string): Values {
  const present = Object.entries(values).flatMap(([key, value]): [string, Value][] =>
    value === undefined ? [] : [[key, value]],
  );
  return { ...Object.fromEntries(present), [nameOf[kind] ?? "name"]: `sample-${number++}` };
}

const reversed = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Array.isArray(value) ? value.toReversed() : value]),
  );

test.each(Object.keys(arbitraries))(
  "%s: what Authentik answers to what was sent never differs from it",
  async (kind) => {
    const driver = await Driver.connect(double, kind);
    await fc.assert(
      fc.asyncProperty(fc.record(arbitraries[kind] ?? {}), async (values) => {
        const inputs = given(values, kind);
        const created = await driver.create(inputs);
        const refreshed = (await driver.refresh(created)) ?? created;
        expect(await driver.changes(refreshed, inputs)).toEqual([]);
        expect(await driver.changes(refreshed, reversed(inputs))).toEqual([]);
        const imported = (await driver.import(created.id)) ?? created;
        // Which mappings Authentik has added to a proxy provider, an import cannot know.
        const changes = await driver.changes(imported, inputs);
        expect(changes.filter((path) => kind !== "ProxyProvider" || path !== "propertyMappings")).toEqual([]);
        await driver.delete(created);
      }),
      { numRuns: 60 },
    );
  },
);
