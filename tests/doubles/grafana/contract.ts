import { z } from "zod";

// The bodies of requests as Grafana publishes them (models of github.com/grafana/grafana-openapi-client-go, made from
// the description of Grafana 13). Stricter than the real one, which ignores what it does not know: here it is a mistake.

const uid = z
  .string()
  .max(40)
  .regex(/^[a-zA-Z0-9_-]*$/, "uid contains illegal characters");
const title = z.string();

/** AddDataSourceCommand and, with a version, UpdateDataSourceCommand. */
export const dataSourceBody = z.strictObject({
  access: z.enum(["proxy", "direct"]).default("proxy"),
  basicAuth: z.boolean().default(false),
  basicAuthUser: z.string().default(""),
  database: z.string().default(""),
  isDefault: z.boolean().default(false),
  jsonData: z.record(z.string(), z.json()).default({}),
  name: z.string().min(1),
  secureJsonData: z.record(z.string(), z.string()).default({}),
  type: z.string().min(1),
  uid: uid.default(""),
  url: z.string().default(""),
  user: z.string().default(""),
  version: z.int().optional(),
  withCredentials: z.boolean().default(false),
});
export type DataSourceBody = z.output<typeof dataSourceBody>;

export const createFolderBody = z.strictObject({
  description: z.string().optional(),
  parentUid: uid.optional(),
  title: title.default(""),
  uid: uid.optional(),
});

export const updateFolderBody = z.strictObject({
  description: z.string().optional(),
  overwrite: z.boolean().default(false),
  title: title.default(""),
  version: z.int().optional(),
});

/** SetPermissionsCommand: what is not named stays as it is, an empty permission takes one away. */
export const permissionsBody = z.strictObject({
  permissions: z
    .array(
      z.strictObject({
        builtInRole: z.enum(["Viewer", "Editor", "Admin"]).optional(),
        permission: z.enum(["", "View", "Edit", "Admin"]).default(""),
        teamId: z.int().optional(),
        userId: z.int().optional(),
      }),
    )
    .default([]),
});

export const teamBody = z.strictObject({ name: z.string().min(1), email: z.string().default("") });

/** SaveDashboardCommand; of the dashboard itself, only what Grafana goes by. */
export const saveDashboardBody = z.strictObject({
  dashboard: z.looseObject({
    id: z.int().nullish(),
    uid: uid.nullish(),
    title: title.default(""),
    version: z.int().nullish(),
  }),
  folderUid: uid.default(""),
  message: z.string().optional(),
  overwrite: z.boolean().default(false),
});
