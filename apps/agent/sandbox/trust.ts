import { open, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";

const SET_ID = 0o6000;
const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;
const SHEBANG = "#!";
const SHEBANG_BYTES = 256;
/** An interpreter that interprets its own arguments runs whatever the caller adds to them. */
const CODE_OPTION = /^-[a-zA-Z]*c$/;

/** Whether others than the owner of a file, and the agent's own group, may write to it. */
export async function isWritableByOthers(file: string): Promise<boolean> {
  const { mode, gid } = await stat(file);
  const ownGroup = gid === 0 || gid === process.getgid?.();
  return (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITE) !== 0 && !ownGroup);
}

/**
 * Says why a program on an allow-list is not what its owner allowed: others can change it, it takes on the rights of
 * another user, or it is a script whose interpreter would run its arguments. Undefined when it can be trusted.
 */
export async function distrust(file: string): Promise<string | undefined> {
  const real = await realpath(file);
  const { mode } = await stat(real);
  if ((mode & SET_ID) !== 0) return `${file} takes on the rights of its owner (set-uid or set-gid)`;
  for (let path = real; ; path = dirname(path)) {
    if (await isOpenToOthers(path, path !== real)) return `${path} can be changed by others than root and the agent`;
    if (path === "/") break;
  }
  return await distrustInterpreter(real);
}

async function isOpenToOthers(path: string, directory: boolean): Promise<boolean> {
  const { mode, uid } = await stat(path);
  if (uid !== 0 && uid !== process.getuid?.()) return true;
  // In a sticky directory nobody can replace what is another's, and what is in it was looked at before.
  if (directory && (mode & STICKY) !== 0) return false;
  return await isWritableByOthers(path);
}

async function distrustInterpreter(file: string): Promise<string | undefined> {
  const first = await firstLine(file);
  if (!first.startsWith(SHEBANG)) return undefined;
  const [interpreter, ...options] = first.slice(SHEBANG.length).trim().split(/\s+/);
  if (!interpreter?.startsWith("/")) return `${file} names no interpreter by absolute path`;
  if (options.some((option) => CODE_OPTION.test(option))) return `${file} has its interpreter run its arguments`;
  return await distrust(interpreter).catch(() => `${interpreter}, the interpreter of ${file}, is not there`);
}

async function firstLine(file: string): Promise<string> {
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return ""; // may be run and not read: then it is no script
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SHEBANG_BYTES), 0, SHEBANG_BYTES, 0);
    return buffer.toString("latin1", 0, bytesRead).split("\n")[0] ?? "";
  } finally {
    await handle.close();
  }
}
