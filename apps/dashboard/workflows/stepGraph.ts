/** A step as far as a drawing needs it. */
export interface DrawnStep {
  readonly name: string;
  readonly needs: readonly string[];
}

/** Where a step stands. */
interface Node<S extends DrawnStep> {
  readonly step: S;
  readonly x: number;
  readonly y: number;
}

/** A line from a step to one that needs it. */
interface Edge {
  readonly from: string;
  readonly to: string;
  /** Path of SVG. */
  readonly path: string;
}

export interface StepGraph<S extends DrawnStep> {
  readonly nodes: readonly Node<S>[];
  readonly edges: readonly Edge[];
  readonly width: number;
  readonly height: number;
}

export const NODE_WIDTH = 180;
export const NODE_HEIGHT = 56;
const GAP_X = 56;
const GAP_Y = 20;
const MARGIN = 8;

/**
 * Places steps in columns, each behind all that it needs, and draws the lines between them. Steps that need each other
 * in a circle, or something that is not there, are drawn as far as that goes: a workflow is also shown while it is written.
 */
export function layOut<S extends DrawnStep>(steps: readonly S[]): StepGraph<S> {
  const columns = columnsOf(steps);
  const nodes = new Map<string, Node<S>>();
  for (const [index, column] of columns.entries()) {
    for (const [row, step] of byNeeds(column, nodes).entries()) {
      const x = MARGIN + index * (NODE_WIDTH + GAP_X);
      nodes.set(step.name, { step, x, y: MARGIN + row * (NODE_HEIGHT + GAP_Y) });
    }
  }
  const tallest = Math.max(0, ...columns.map(({ length }) => length));
  return {
    nodes: [...nodes.values()],
    edges: edgesOf(nodes),
    width: 2 * MARGIN + Math.max(0, columns.length * (NODE_WIDTH + GAP_X) - GAP_X),
    height: 2 * MARGIN + Math.max(0, tallest * (NODE_HEIGHT + GAP_Y) - GAP_Y),
  };
}

function columnsOf<S extends DrawnStep>(steps: readonly S[]): S[][] {
  const depth = new Map(steps.map(({ name }) => [name, 0]));
  // The longest way has as many steps as there are: after so many rounds only a circle still changes.
  for (let round = 0, changed = true; changed && round < steps.length; round++) {
    changed = false;
    for (const { name, needs } of steps) {
      const behind = 1 + Math.max(-1, ...needs.map((need) => depth.get(need) ?? -1));
      if (behind <= (depth.get(name) ?? 0) || behind >= steps.length) continue;
      depth.set(name, behind);
      changed = true;
    }
  }
  const used = [...new Set(depth.values())].sort((a, b) => a - b);
  return used.map((at) => steps.filter(({ name }) => depth.get(name) === at));
}

/** The steps of a column in the order of what they need, so that lines cross less. */
function byNeeds<S extends DrawnStep>(column: readonly S[], placed: ReadonlyMap<string, Node<S>>): S[] {
  const middle = ({ needs }: S) => {
    const heights = needs.flatMap((need) => placed.get(need)?.y ?? []);
    return heights.reduce((sum, y) => sum + y, 0) / Math.max(1, heights.length);
  };
  return column
    .map((step) => ({ step, at: middle(step) }))
    .sort((a, b) => a.at - b.at)
    .map(({ step }) => step);
}

function edgesOf<S extends DrawnStep>(nodes: ReadonlyMap<string, Node<S>>): Edge[] {
  return [...nodes.values()].flatMap(({ step, x, y }) =>
    step.needs.flatMap((need) => {
      const from = nodes.get(need);
      if (from === undefined) return [];
      const [startX, startY] = [from.x + NODE_WIDTH, from.y + NODE_HEIGHT / 2];
      const endY = y + NODE_HEIGHT / 2;
      const bend = Math.max(GAP_X / 2, Math.abs(x - startX) / 2);
      const path = `M${startX} ${startY}C${startX + bend} ${startY} ${x - bend} ${endY} ${x} ${endY}`;
      return [{ from: need, to: step.name, path }];
    }),
  );
}
