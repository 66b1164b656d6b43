import { z } from "zod";

/** A name that must not be empty. */
export const name = z.string().min(1);

/** Primary key of most objects. */
export const uuid = z.guid();

/** References to other objects; none by default. */
export const uuids = z.array(uuid).default([]);

/** A reference that may be missing. */
export const optionalUuid = uuid.nullable().default(null);

/** Free attributes of an object. */
export const attributes = z.record(z.string(), z.json()).default({});

/** A period of time as Authentik writes it: `hours=1;minutes=30`. */
export const duration = z
  .string()
  .regex(
    /^(microseconds|milliseconds|seconds|minutes|hours|days|weeks)=\d+(;(microseconds|milliseconds|seconds|minutes|hours|days|weeks)=\d+)*$/,
    {
      error: 'is not a period of time: write it like "hours=1;minutes=30"',
    },
  );

/** The part of an address that names an object. */
export const slug = z
  .string()
  .regex(/^[-a-zA-Z0-9_]+$/, { error: "may hold letters, digits, hyphens and underscores only" });

/** An address with scheme. */
export const url = z.url({
  protocol: /^https?$/,
  error: ({ code }) =>
    code === "invalid_format" ? 'is not an address: write it like "https://app.example.org"' : undefined,
});
