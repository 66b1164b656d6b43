import { layOut } from "@homeslice/dashboard/workflows/stepGraph.ts";
import { describe, expect, test } from "vitest";

const step = (name: string, ...needs: string[]) => ({ name, needs });
const place = (graph: ReturnType<typeof layOut>) =>
  Object.fromEntries(graph.nodes.map(({ step: { name }, x, y }) => [name, { x, y }]));

describe("the drawing of a workflow", () => {
  test("puts each step behind all that it needs, and no two on the same place", () => {
    const steps = [step("d", "b", "c"), step("a"), step("b", "a"), step("c", "b"), step("e")];
    const graph = layOut(steps);
    const at = place(graph);
    for (const { name, needs } of steps) {
      for (const need of needs) expect(at[need]?.x).toBeLessThan(at[name]?.x ?? 0);
    }
    expect(new Set(graph.nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(steps.length);
    expect(graph.edges.map(({ from, to }) => `${from}-${to}`).sort()).toEqual(["a-b", "b-c", "b-d", "c-d"]);
  });

  test("puts steps in the order of what they need, so that lines do not cross", () => {
    const at = place(layOut([step("top"), step("bottom"), step("low", "bottom"), step("high", "top")]));
    expect(at["high"]?.y).toBeLessThan(at["low"]?.y ?? 0);
  });

  test("ends with steps that need each other in a circle, themselves, or what is not there", () => {
    const graph = layOut([step("a", "b"), step("b", "a"), step("c", "c"), step("d", "gone")]);
    expect(graph.nodes).toHaveLength(4);
    expect(layOut([])).toMatchObject({ nodes: [], edges: [] });
  });
});
