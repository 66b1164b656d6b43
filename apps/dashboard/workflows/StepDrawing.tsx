import type { StepState } from "@homeslice/protocol/workflows.ts";
import { useId } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { layOut, NODE_HEIGHT, NODE_WIDTH } from "./stepGraph.ts";

/** So much of a name fits. */
const MOST_LETTERS = 20;

interface ShownStep {
  readonly name: string;
  readonly needs: readonly string[];
  readonly kind: "execution" | "gate";
  /** Of a run: how far it is. */
  readonly state?: StepState | undefined;
}

/** The steps of a workflow and what needs what, drawn; in words it is a list elsewhere on the page. */
export function StepDrawing({ steps }: { steps: readonly ShownStep[] }) {
  const { workflows: texts } = useMessages();
  const arrow = useId();
  const { nodes, edges, width, height } = layOut(steps);
  const words = steps.map(({ name, needs, state }) => texts.inWords(name, needs, state && texts.states[state]));
  return (
    <section className="drawing" aria-label={texts.drawing} tabIndex={0}>
      <svg role="img" aria-label={words.join(" ")} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        <defs>
          <marker id={arrow} viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
            <path d="M0 0L8 4L0 8Z" />
          </marker>
        </defs>
        {edges.map(({ from, to, path }) => (
          <path key={`${from} ${to}`} d={path} className="drawn-edge" markerEnd={`url(#${arrow})`} />
        ))}
        {nodes.map(({ step: { name, kind, state }, x, y }) => (
          <g key={name} className="drawn-step" data-state={state} transform={`translate(${x} ${y})`}>
            <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx={kind === "gate" ? NODE_HEIGHT / 2 : 8} />
            <text x={NODE_WIDTH / 2} y="24" textAnchor="middle">
              {name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name}
            </text>
            <text x={NODE_WIDTH / 2} y="43" textAnchor="middle" className="drawn-kind">
              {state ? texts.states[state] : texts.kinds[kind]}
            </text>
          </g>
        ))}
      </svg>
    </section>
  );
}
