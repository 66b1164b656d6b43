import { z } from "zod";
import type { Api } from "./api.ts";
import { type Kind, kind } from "./kind.ts";

const json = z.string().refine(isJson, { error: "is no JSON" });
const uid = z.string().regex(/^[a-zA-Z0-9_-]+$/, "can only be alphanumeric, dashes, or underscores");
const found = z.object({ id: z.number(), uid: z.string() });

const folder = kind({
  schema: z.strictObject({ uid, title: z.string(), preventDestroyIfNotEmpty: z.boolean().default(false) }),
  replaces: ["uid"],
  computed: ["url"],
  create: async (api, { uid, title }) => found.parse(await api.send("POST", "/folders", { uid, title })).uid,
  read: async (api, key) => {
    const live = await api.find(`/folders/${key}`, found.extend({ title: z.string(), url: z.string() }));
    return live && { inputs: { uid: live.uid, title: live.title }, outputs: { url: live.url } };
  },
  update: (api, key, { title }) => api.send("PUT", `/folders/${key}`, { title, overwrite: true }),
  delete: async (api, key, { preventDestroyIfNotEmpty }) => {
    const held = await api.find(`/search?folderUIDs=${key}`, z.array(z.object({ title: z.string() })));
    if (preventDestroyIfNotEmpty && held && held.length > 0) {
      const titles = held.map(({ title }) => title).join(" ");
      throw new Error(`folder ${key} is not empty and prevent_destroy_if_not_empty is set. It contains: [${titles}]`);
    }
    await api.delete(`/folders/${key}?forceDeleteRules=true`);
  },
});

const permission = z.strictObject({
  role: z.enum(["Viewer", "Editor", "Admin"]).optional(),
  teamId: z.string().optional(),
  userId: z.string().optional(),
  permission: z.enum(["View", "Edit", "Admin"]),
});
const heldPermission = z.object({
  permission: z.string(),
  builtInRole: z.string().optional(),
  teamId: z.number().optional(),
  userId: z.number().optional(),
});

const folderPermission = kind({
  schema: z.strictObject({ folderUid: uid, permissions: z.array(permission).default([]) }),
  replaces: ["folderUid"],
  computed: [],
  create: async (api, { folderUid, permissions }) => {
    await permit(api, folderUid, permissions);
    return folderUid;
  },
  read: async (api, key) => {
    const held = await api.find(`/access-control/folders/${key}`, z.array(heldPermission));
    if (!held) return undefined;
    const permissions = held.map(({ builtInRole: role, teamId, userId, permission }) => ({
      permission,
      ...(role && { role }),
      ...(teamId && { teamId: String(teamId) }),
      ...(userId && { userId: String(userId) }),
    }));
    return { inputs: { folderUid: key, permissions }, outputs: {} };
  },
  update: (api, key, { permissions }) => permit(api, key, permissions),
  delete: async (api, key) => {
    if (await api.find(`/folders/${key}`, found)) await permit(api, key, []);
  },
});

/** Sets the permissions of a folder as a whole: what is not wanted is taken away. */
async function permit(api: Api, folder: string, wanted: readonly z.output<typeof permission>[]): Promise<void> {
  const path = `/access-control/folders/${folder}`;
  const before = (await api.find(path, z.array(heldPermission))) ?? [];
  const withdrawn = before.map((held) => ({ ...held, permission: "" }));
  const granted = wanted.map(({ role, teamId, userId, permission }) => ({
    permission,
    ...(role && { builtInRole: role }),
    ...(teamId && { teamId: numberIn(teamId) }),
    ...(userId && { userId: numberIn(userId) }),
  }));
  await api.send("POST", path, { permissions: [...withdrawn, ...granted] });
}

/** The number in `organisation:number`, or in a number alone. */
const numberIn = (id: string) => Number(id.replace(/^.*:/, ""));

const team = kind({
  schema: z.strictObject({ name: z.string().min(1), email: z.string().default("") }),
  replaces: [],
  computed: ["teamId", "teamUid", "members"],
  create: async (api, inputs) =>
    String(z.object({ teamId: z.number() }).parse(await api.send("POST", "/teams", inputs)).teamId),
  read: async (api, key) => {
    const live = await api.find(`/teams/${key}`, found.extend({ name: z.string(), email: z.string() }));
    const members = await api.find(`/teams/${key}/members`, z.array(z.object({ email: z.string() })));
    if (!live || !members) return undefined;
    const { id: teamId, uid: teamUid, name, email } = live;
    return { inputs: { name, email }, outputs: { teamId, teamUid, members: members.map((member) => member.email) } };
  },
  update: (api, key, inputs) => api.send("PUT", `/teams/${key}`, inputs),
  delete: (api, key) => api.delete(`/teams/${key}`),
});

const dataSourceSchema = z.strictObject({
  uid,
  name: z.string().min(1),
  type: z.string().min(1),
  url: z.string().default(""),
  accessMode: z.enum(["proxy", "direct"]).default("proxy"),
  databaseName: z.string().default(""),
  username: z.string().default(""),
  isDefault: z.boolean().default(false),
  jsonDataEncoded: json.default("{}"),
  secureJsonDataEncoded: json.default("{}"),
});

const dataSource = kind({
  schema: dataSourceSchema,
  replaces: ["uid"],
  computed: [],
  create: async (api, inputs) => {
    const answer = await api.send("POST", "/datasources", dataSourceBody(inputs));
    return z.object({ datasource: found }).parse(answer).datasource.uid;
  },
  read: async (api, key) => {
    const schema = found.extend({
      name: z.string(),
      type: z.string(),
      url: z.string(),
      access: z.string(),
      database: z.string(),
      user: z.string(),
      isDefault: z.boolean(),
      jsonData: z.record(z.string(), z.json()),
    });
    const live = await api.find(`/datasources/uid/${key}`, schema);
    if (!live) return undefined;
    const { access, database, user, jsonData, id: _, ...rest } = live;
    const inputs = { ...rest, accessMode: access, databaseName: database, username: user };
    return { inputs: { ...inputs, jsonDataEncoded: JSON.stringify(jsonData) }, outputs: {} };
  },
  update: (api, key, inputs) => api.send("PUT", `/datasources/uid/${key}`, dataSourceBody(inputs)),
  delete: (api, key) => api.delete(`/datasources/uid/${key}`),
});

function dataSourceBody({
  accessMode,
  databaseName,
  username,
  jsonDataEncoded,
  secureJsonDataEncoded,
  ...rest
}: z.output<typeof dataSourceSchema>) {
  const data = { jsonData: JSON.parse(jsonDataEncoded), secureJsonData: JSON.parse(secureJsonDataEncoded) };
  return { ...rest, ...data, access: accessMode, database: databaseName, user: username };
}

const dashboardSchema = z.strictObject({
  configJson: json,
  folder: z.string().default(""),
  overwrite: z.boolean().default(false),
  message: z.string().default(""),
});

const dashboard = kind({
  schema: dashboardSchema,
  replaces: [],
  computed: ["dashboardId", "uid", "url", "version"],
  create: (api, inputs) => save(api, inputs),
  read: async (api, key) => {
    const model = z.looseObject({ id: z.number(), uid: z.string(), version: z.number() });
    const meta = z.object({ folderUid: z.string(), url: z.string() });
    const live = await api.find(`/dashboards/uid/${key}`, z.object({ dashboard: model, meta }));
    if (!live) return undefined;
    const { id, uid, version, ...rest } = live.dashboard;
    const { folderUid, url } = live.meta;
    const configJson = JSON.stringify({ ...rest, uid });
    return { inputs: { configJson, folder: folderUid }, outputs: { dashboardId: id, uid, version, url } };
  },
  update: (api, _, inputs) => save(api, { ...inputs, overwrite: true }),
  delete: (api, key) => api.delete(`/dashboards/uid/${key}`),
});

async function save(api: Api, inputs: z.output<typeof dashboardSchema>): Promise<string> {
  const { configJson, folder: folderUid, overwrite, message } = inputs;
  const { id: _, ...model } = z.looseObject({}).parse(JSON.parse(configJson));
  const body = { dashboard: model, folderUid: folderUid.replace(/^.*:/, ""), overwrite, message };
  return z.object({ uid: z.string() }).parse(await api.send("POST", "/dashboards/db", body)).uid;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** One kind for each type token that the stand-in knows. */
export const kinds: Readonly<Record<string, Kind>> = {
  "grafana:oss/dashboard:Dashboard": dashboard,
  "grafana:oss/dataSource:DataSource": dataSource,
  "grafana:oss/folder:Folder": folder,
  "grafana:oss/folderPermission:FolderPermission": folderPermission,
  "grafana:oss/team:Team": team,
};
