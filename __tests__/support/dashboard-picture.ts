import { SMALL_API } from "../../domain/names.ts";

/** A widget of a CloudWatch dashboard's body. */
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  // biome-ignore lint/suspicious/noExplicitAny: each type of widget has its own
  readonly properties: any;
}

const unit = 40;
const fills: Readonly<Record<string, string>> = {
  alarm: "#fde8e8",
  log: "#eef2ff",
  metric: "#f0fdf4",
  text: "#f3f4f6",
};

/** The layout of a dashboard as an SVG: where each widget is, and what it shows. */
export function drawDashboard(widgets: readonly Widget[]): string {
  const height = Math.max(...widgets.map((widget) => widget.y + widget.height));
  const boxes = widgets.flatMap((widget) => drawWidget(widget));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${24 * unit} ${height * unit}" font-family="sans-serif">`,
    "  <title>Layout of the dashboard</title>",
    ...boxes,
    "</svg>",
    "",
  ].join("\n");
}

function drawWidget({ type, x, y, width, height, properties }: Widget): string[] {
  const title = String(properties.title ?? properties.markdown ?? "").replace(/^#+ /, "");
  const lines = type === "metric" ? labelsOf(properties.metrics) : [];
  const text = (line: string, row: number, size: number) =>
    `  <text x="${x * unit + 10}" y="${y * unit + 22 + row * 17}" font-size="${size}">${escapeXml(line)}</text>`;
  return [
    `  <rect x="${x * unit + 3}" y="${y * unit + 3}" width="${width * unit - 6}" height="${height * unit - 6}" rx="4" fill="${fills[type] ?? "#fff"}" stroke="#9ca3af"/>`,
    text(title, 0, type === "text" ? 16 : 13),
    ...lines.slice(0, 8).map((line, index) => text(line, index + 1, 11)),
  ];
}

function labelsOf(metrics: readonly unknown[][]): string[] {
  return metrics.map((metric) => {
    const { label, stat } = metric.at(-1) as { label?: string; stat: string };
    return `${withoutCollection(label ?? String(metric[1]))} (${stat})`;
  });
}

/** The picture is that of every domain: its two APIs are called as the collection is. */
function withoutCollection(label: string): string {
  return label.replace(new RegExp(`^(413 )?${SMALL_API}(-large)?$`), "$1<collection>$2");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
