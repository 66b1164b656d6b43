/**
 * The version of the engine that Homeslice is built and tested with: that of its SDK, `@pulumi/pulumi`, and of go.mod
 * in this folder (a test holds the three together).
 */
export const ENGINE_VERSION = "3.251.0";

const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/;

/** The three numbers of a version as `pulumi version` prints it; undefined when it is none. */
export function parseVersion(text: string): readonly [number, number, number] | undefined {
  const [, major, minor, patch] = VERSION.exec(text.trim()) ?? [];
  return major && minor && patch ? [Number(major), Number(minor), Number(patch)] : undefined;
}

/** An engine works with the SDK when it has the same major version and is not older. */
export function isCompatible(text: string): boolean {
  const found = parseVersion(text);
  const wanted = parseVersion(ENGINE_VERSION);
  if (!found || !wanted || found[0] !== wanted[0]) return false;
  return found[1] > wanted[1] || (found[1] === wanted[1] && found[2] >= wanted[2]);
}
