import semver from "semver";

/**
 * The version of the engine that Homeslice is built and tested with: that of its SDK, `@pulumi/pulumi`, and of go.mod
 * in this folder (a test holds the three together).
 */
export const ENGINE_VERSION = "3.251.0";

/** An engine works with the SDK when it has the same major version and is not older. */
export function isCompatible(version: string): boolean {
  return semver.valid(version) !== null && semver.satisfies(version, `^${ENGINE_VERSION}`, { includePrerelease: true });
}
