import type { FileValidation } from "@homeslice/protocol";
import type { OperationTemplate } from "../template.ts";

export const fileValidation: OperationTemplate<FileValidation> = {
  slots: ({ path }) => [{ path: "path", text: path }],
  fill: ({ path, ...rest }, fill) => ({ ...rest, path: fill(path) }),
  describe({ path, exists, readable, size_gt_mb, modified_within }) {
    const wanted = [exists ? "exists" : "does not exist"];
    if (readable !== undefined) wanted.push(readable ? "can be read" : "cannot be read");
    if (size_gt_mb !== undefined) wanted.push(`is larger than ${size_gt_mb} MiB`);
    if (modified_within !== undefined) wanted.push(`was modified within ${modified_within} s`);
    return `check that ${path} ${wanted.join(", ")}`;
  },
};
