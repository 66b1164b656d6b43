import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readIfPresent } from "../files.ts";

/** Where Linux keeps files in memory, and how it says so of a file system. */
const MEMORY = "/dev/shm";
const TMPFS_MAGIC = 0x01021994;

/**
 * Keeps the secrets that came with jobs as long as their attempts need them: in memory where the server has a place for
 * that, otherwise in the state directory. They outlive the agent, so that what it covers after a restart is what it
 * covered before.
 */
export class Vault {
  /** Its directory, which no command sees but for its own part. */
  readonly root: string;

  /** @param memory where files are kept in memory */
  static async open(stateDir: string, memory = MEMORY): Promise<Vault> {
    const name = `homeslice-${createHash("sha256").update(stateDir).digest("hex").slice(0, 32)}`;
    const inMemory = join(memory, name);
    // At once: what is not there when a command begins cannot be hidden from it.
    if (await makeOwn(inMemory, memory)) return new Vault(inMemory);
    const root = join(stateDir, "handed");
    await mkdir(root, { recursive: true, mode: 0o700 });
    return new Vault(root);
  }

  private constructor(root: string) {
    this.root = root;
  }

  directoryOf(attempt: string): string {
    return join(this.root, attempt);
  }

  /** Keeps the secrets of an attempt; nothing when there are none. */
  async put(attempt: string, secrets: ReadonlyMap<string, string>): Promise<void> {
    if (secrets.size === 0) return;
    const directory = this.directoryOf(attempt);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const [name, value] of secrets) await writeFile(join(directory, name), value, { mode: 0o600 });
  }

  async read(attempt: string, name: string): Promise<string | undefined> {
    return await readIfPresent(join(this.directoryOf(attempt), name));
  }

  async holds(attempt: string): Promise<boolean> {
    return (await lstat(this.directoryOf(attempt)).catch(() => undefined)) !== undefined;
  }

  async remove(attempt: string): Promise<void> {
    await rm(this.directoryOf(attempt), { recursive: true, force: true });
  }

  /** Forgets what belongs to none of some attempts. */
  async keepOnly(attempts: readonly string[]): Promise<void> {
    const found = await readdir(this.root).catch(() => []);
    for (const name of found.filter((each) => !attempts.includes(each))) await this.remove(name);
  }

  /** Leaves nothing behind; to be called when there are no attempts, whose commands it is hidden from. */
  async close(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** Makes a directory in the memory. @returns whether it is there and nobody else's: anybody may make one there first */
async function makeOwn(directory: string, memory: string): Promise<boolean> {
  try {
    if ((await statfs(memory)).type !== TMPFS_MAGIC) return false;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const made = await lstat(directory);
    return made.isDirectory() && made.uid === process.getuid?.() && (made.mode & 0o077) === 0;
  } catch {
    return false;
  }
}
