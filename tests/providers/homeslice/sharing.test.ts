import { afterEach, beforeEach, expect, test } from "vitest";
import { AuthentikDouble } from "../../doubles/authentik/double.ts";
import { Driver } from "./driver.ts";
import { references } from "./samples.ts";

let double: AuthentikDouble;

beforeEach(async () => {
  double = await AuthentikDouble.start();
});

afterEach(() => double.stop());

const outpost = () => double.store.find("/outposts/instances/", "managed", "goauthentik.io/outposts/embedded");

function proxies(count: number): number[] {
  const { flow, invalidation } = references(double);
  return Array.from({ length: count }, (_, index) => {
    const asked = { name: `app ${index}`, mode: "forward_single", external_host: "https://a.example.org" };
    const flows = { authorization_flow: flow, invalidation_flow: invalidation };
    return Number(double.store.create("/providers/proxy/", { ...asked, ...flows })["pk"]);
  });
}

test("attachments made at the same time are all there, beside those of others, and leave one by one", async () => {
  const [theirs = 0, ...ours] = proxies(9);
  double.store.each("/outposts/instances/", (object) => Object.assign(object, { providers: [theirs] }));
  const driver = await Driver.connect(double, "OutpostAttachment");
  const attached = await Promise.all(ours.map((provider) => driver.create({ provider })));
  expect(outpost()?.["providers"]).toEqual([theirs, ...ours]);
  await Promise.all(attached.slice(1).map((attachment) => driver.delete(attachment)));
  expect(outpost()?.["providers"]).toEqual([theirs, ours[0]]);
});

test("an attachment that somebody else's write has undone meanwhile is made again", async () => {
  const [provider = 0] = proxies(1);
  const driver = await Driver.connect(double, "OutpostAttachment");
  const undo = setInterval(() => {
    if (double.writes().length !== 1) return;
    double.store.each("/outposts/instances/", (object) => Object.assign(object, { providers: [] }));
    clearInterval(undo);
  }, 0);
  await driver.create({ provider });
  clearInterval(undo);
  expect(await driver.refresh(await driver.create({ provider, adopt: true }))).toBeDefined();
  expect(outpost()?.["providers"]).toEqual([provider]);
});

test("the address of the outpost is merged into its other settings", async () => {
  const [provider = 0] = proxies(1);
  double.store.each("/outposts/instances/", (object) => Object.assign(object, { config: { log_level: "debug" } }));
  const driver = await Driver.connect(double, "OutpostAttachment");
  await driver.create({ provider, authentikHost: "https://auth.example.org/" });
  expect(outpost()?.["config"]).toMatchObject({ log_level: "debug", authentik_host: "https://auth.example.org/" });
});

test("attributes of others survive, ours are changed and removed", async () => {
  const driver = await Driver.connect(double, "Group");
  const group = await driver.create({ name: "staff", attributes: { ours: 1, old: 1 } });
  double.store.each("/core/groups/", (object) => {
    if (object["pk"] === group.id) object["attributes"] = { ours: 1, old: 1, theirs: true };
  });
  const refreshed = (await driver.refresh(group)) ?? group;
  expect(await driver.changes(refreshed, { name: "staff", attributes: { ours: 1, old: 1 } })).toEqual([]);
  await driver.update(refreshed, { name: "staff", attributes: { ours: 2 } });
  expect(double.store.find("/core/groups/", "pk", group.id)?.["attributes"]).toEqual({ ours: 2, theirs: true });
});

test("bindings of users and policies stay when the groups of an application change", async () => {
  const { group, otherGroup, user } = references(double);
  const driver = await Driver.connect(double, "Application");
  const application = await driver.create({ name: "A", slug: "a", groups: [group] });
  const target = application.outputs["uuid"] ?? "";
  double.store.create("/policies/bindings/", { target, user, order: 1 });
  await driver.update(application, { name: "A", slug: "a", groups: [otherGroup] });
  const bindings = double.store.all("/policies/bindings/").map((binding) => binding["group"] ?? binding["user"]);
  expect(bindings).toEqual([user, otherGroup]);
});

test("an object with another identity is not taken over", async () => {
  const { user, otherUser } = references(double);
  const driver = await Driver.connect(double, "Token");
  await driver.create({ identifier: "api", user });
  await expect(driver.create({ identifier: "api", user: otherUser, adopt: true })).rejects.toThrow(
    'token "api": cannot be taken over, because what cannot be changed is different there: user',
  );
});

test("a password is set when it changes, and only then", async () => {
  const driver = await Driver.connect(double, "User");
  const given = { username: "ada", password: "first password" };
  const user = await driver.create(given);
  expect(double.passwordOf(user.id)).toBe("first password");
  const renamed = await driver.update(user, { ...given, name: "Ada" });
  expect(double.writes().filter((write) => write.includes("set_password"))).toHaveLength(1);
  await driver.update(renamed, { ...given, name: "Ada", password: "second password" });
  expect(double.passwordOf(user.id)).toBe("second password");
});
