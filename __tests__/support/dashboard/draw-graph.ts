import { DAYS, exampleValues, HOURS, type Series, type TimeLabels } from "./example-values.ts";
import { round, svgText, textWidth } from "./svg-text.ts";

/** CloudWatch's colours of lines, in their order. */
const colors = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f"];
const grey = "#545b64";
const small = { size: 9.5, fill: grey };
const legend = { size: 10 };
const legendRow = 14;
const swatch = 13;

export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Line {
  readonly label: string;
  readonly color: string;
  readonly isRight: boolean;
  readonly values: Series;
}

interface Axis {
  readonly top: number;
  readonly ticks: readonly number[];
}

// biome-ignore lint/suspicious/noExplicitAny: the properties of a metric widget
type Properties = any;

/** A metric widget's graph: axes with units, lines, alarm thresholds, and the legend below. */
export function drawGraph(properties: Properties, area: Area): string[] {
  const lines = stack(linesOf(properties), properties.stacked);
  const thresholds: readonly { value: number }[] = properties.annotations?.horizontal ?? [];
  const rows = legendRows(lines, area.right - area.left);
  const hasRight = lines.some(({ isRight }) => isRight);
  const plot = {
    left: area.left + 32,
    right: area.right - (hasRight ? 32 : 8),
    top: area.top + 20,
    bottom: area.bottom - rows.length * legendRow - 20,
  };
  const valuesOf = (isRight: boolean) =>
    lines
      .filter((line) => line.isRight === isRight)
      .flatMap(({ values }) => values.map((value) => value ?? 0));
  const left = axisOf([...valuesOf(false), ...thresholds.map(({ value }) => value * 1.1)]);
  const right = axisOf(valuesOf(true));
  return [
    ...drawAxes(plot, left, properties.yAxis.left.label, properties.start ? DAYS : HOURS),
    ...(hasRight ? drawRightAxis(plot, right, properties.yAxis.right.label) : []),
    ...lines
      .map((line, index) =>
        drawLine(line, plot, line.isRight ? right : left, lowerEdge(lines, index, properties)),
      )
      .toReversed()
      .flat(),
    ...thresholds.flatMap(({ value }) => drawThreshold(plot, left, value)),
    ...rows.flatMap((row, index) =>
      row.flatMap(({ line, offset }) => {
        const y = area.bottom - (rows.length - index) * legendRow + 10;
        return [
          `<rect x="${round(area.left + offset)}" y="${round(y - 8)}" width="9" height="9" rx="1" fill="${line.color}"/>`,
          svgText(area.left + offset + swatch, y, line.label, legend),
        ];
      }),
    ),
  ];
}

function linesOf(properties: Properties): Line[] {
  return properties.metrics.map((metric: Properties[], index: number) => {
    const { label, yAxis } = metric.at(-1);
    return {
      label,
      color: colors[index % colors.length],
      isRight: yAxis === "right",
      values: exampleValues(properties.title, label),
    };
  });
}

/** Each line on top of those before it. */
function stack(lines: readonly Line[], stacked: boolean): Line[] {
  if (!stacked) return [...lines];
  return lines.map((line, index) => ({
    ...line,
    values: line.values.map((_, step) =>
      lines.slice(0, index + 1).reduce((sum, { values }) => sum + (values[step] ?? 0), 0),
    ),
  }));
}

function lowerEdge(lines: readonly Line[], index: number, { stacked }: Properties): Series | undefined {
  if (!stacked) return undefined;
  return lines[index - 1]?.values ?? lines[index]?.values.map(() => 0);
}

/** Zero, a middle and a top that is a round number and at least as large as every value. */
function axisOf(values: readonly number[]): Axis {
  const largest = Math.max(1, ...values);
  const magnitude = 10 ** Math.floor(Math.log10(largest));
  const top = ([1, 2, 4, 6, 8, 10].find((factor) => factor * magnitude >= largest) ?? 10) * magnitude;
  return { top, ticks: top === 1 ? [0, 1] : [0, top / 2, top] };
}

function drawAxes(plot: Area, axis: Axis, unit: string, times: TimeLabels): string[] {
  const width = plot.right - plot.left;
  return [
    svgText(plot.left - 28, plot.top - 10, unit, small),
    ...axis.ticks.flatMap((tick) => {
      const y = yOf(tick, plot, axis);
      return [
        `<path d="M${plot.left} ${round(y)}H${plot.right}" stroke="${tick === 0 ? "#879596" : "#e4e7ea"}"/>`,
        svgText(plot.left - 4, y + 3, shortNumber(tick), { ...small, anchor: "end" }),
      ];
    }),
    ...Object.entries(times).map(([time, share]) =>
      svgText(plot.left + share * width, plot.bottom + 13, time, { ...small, anchor: "middle" }),
    ),
  ];
}

function drawRightAxis(plot: Area, axis: Axis, unit: string): string[] {
  return [
    svgText(plot.right + 30, plot.top - 10, unit, { ...small, anchor: "end" }),
    ...axis.ticks.map((tick) => svgText(plot.right + 4, yOf(tick, plot, axis) + 3, shortNumber(tick), small)),
  ];
}

function drawLine({ values, color }: Line, plot: Area, axis: Axis, below: Series | undefined): string[] {
  const points = values.flatMap((value, step) =>
    value === undefined ? [] : [`${round(xOf(step, values, plot))} ${round(yOf(value, plot, axis))}`],
  );
  if (below) {
    const edge = below
      .map((value, step) => `${round(xOf(step, below, plot))} ${round(yOf(value ?? 0, plot, axis))}`)
      .toReversed();
    return [`<path d="M${[...points, ...edge].join("L")}Z" fill="${color}" fill-opacity="0.75"/>`];
  }
  // Far from each other, values are points.
  if (points.length < 6) {
    return points.map((point) => {
      const [x, y] = point.split(" ");
      return `<circle cx="${x}" cy="${y}" r="2.5" fill="${color}"/>`;
    });
  }
  return [`<path d="M${points.join("L")}" fill="none" stroke="${color}" stroke-width="1.5"/>`];
}

function drawThreshold(plot: Area, axis: Axis, value: number): string[] {
  const y = yOf(value, plot, axis);
  const text = `alarm above ${shortNumber(value)}`;
  const style = { size: 9.5, fill: "#d13212" };
  return [
    `<path d="M${plot.left} ${round(y)}H${plot.right}" stroke="#d13212" stroke-dasharray="5 3"/>`,
    svgText(plot.left + 5, y - 4, text, style),
  ];
}

function legendRows(lines: readonly Line[], width: number) {
  const rows: { readonly line: Line; readonly offset: number }[][] = [[]];
  let offset = 0;
  for (const line of lines) {
    const needed = swatch + textWidth(line.label, legend) + 8;
    if (offset > 0 && offset + needed - 8 > width) {
      rows.push([]);
      offset = 0;
    }
    rows.at(-1)?.push({ line, offset });
    offset += needed;
  }
  return rows;
}

function xOf(step: number, values: Series, { left, right }: Area): number {
  return left + (step / (values.length - 1)) * (right - left);
}

function yOf(value: number, { top, bottom }: Area, axis: Axis): number {
  return bottom - (value / axis.top) * (bottom - top);
}

function shortNumber(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  if (value >= 1_000) return `${value / 1_000}k`;
  return String(value);
}
