interface LineChartProps {
  readonly title: string;
  /** Values over time, oldest first, with what the newest one is in words. */
  readonly values: readonly number[];
  readonly newest: string;
  /** The top of the chart; that of the values where it is not given. */
  readonly max?: number;
}

const WIDTH = 300;
const HEIGHT = 80;

/** A small line of one value over time. */
export function LineChart({ title, values, newest, max }: LineChartProps) {
  const top = max ?? Math.max(...values, 0.01) * 1.1;
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(HEIGHT - (value / top) * HEIGHT).toFixed(1)}`,
  );
  return (
    <figure className="chart">
      <figcaption>
        {title} <strong>{newest}</strong>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${title}: ${newest}`}>
        <polyline
          points={points.length === 1 ? `${points[0]} ${WIDTH},${points[0]?.split(",")[1]}` : points.join(" ")}
        />
      </svg>
    </figure>
  );
}
