import { SMALL_API } from "../../../domain/names.ts";
import { drawGraph } from "./draw-graph.ts";
import { NEWEST_ERRORS, RAISED, TIME_RANGE } from "./example-values.ts";
import { fitText, svgText, type TextStyle, textWidth } from "./svg-text.ts";

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

interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const unit = 40;
const headerHeight = 34;
const gap = 3;
const title: TextStyle = { size: 12.5, bold: true };
const cell: TextStyle = { size: 9.5 };
const tableRow = 28;
const grey = "#545b64";

/** A dashboard as CloudWatch shows it, with example values, as an SVG. */
export function drawDashboard(name: string, widgets: readonly Widget[]): string {
  const width = 24 * unit;
  const height = headerHeight + Math.max(...widgets.map((widget) => widget.y + widget.height)) * unit;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Arial, Helvetica, sans-serif">`,
    "<title>The dashboard, with example values</title>",
    `<rect width="${width}" height="${height}" fill="#f2f3f3"/>`,
    svgText(10, 22, "CloudWatch dashboard of one environment", { size: 14, bold: true }),
    svgText(width - 10, 22, `Example values: ${TIME_RANGE}`, {
      size: 11,
      anchor: "end",
      fill: grey,
    }),
    ...widgets.flatMap((widget) => drawWidget(withoutCollection(widget), name)),
    "</svg>",
    "",
  ].join("\n");
}

/** Where each widget is. */
export function placeOf({ x, y, width, height }: Widget): Place {
  return {
    left: x * unit + gap,
    right: (x + width) * unit - gap,
    top: headerHeight + y * unit + gap,
    bottom: headerHeight + (y + height) * unit - gap,
  };
}

function drawWidget(widget: Widget, name: string): string[] {
  const { left, right, top, bottom } = placeOf(widget);
  const content = { left: left + 8, right: right - 8, top: top + 24, bottom: bottom - 4 };
  return [
    `<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" rx="2" fill="#ffffff" stroke="#d5dbdb"/>`,
    ...(widget.type === "text"
      ? drawMarkdown(widget.properties.markdown, content)
      : [svgText(content.left, top + 18, widget.properties.title, title)]),
    ...drawContent(widget, content, name),
  ];
}

function drawContent({ type, properties }: Widget, content: Place, name: string): string[] {
  if (type === "metric") return drawGraph(properties, content);
  if (type === "alarm") return drawAlarms(properties.alarms, content, name);
  if (type === "log") return drawTable(properties.query, content);
  return [];
}

function drawMarkdown(markdown: string, { left, top }: Place): string[] {
  const [heading = "", explanation = ""] = markdown.split("\n");
  return [
    svgText(left, top + 8, heading.replace(/^#+ /, ""), { size: 17, bold: true }),
    svgText(left, top + 30, explanation, { size: 12, fill: grey }),
  ];
}

/** By their states, each in its box. */
function drawAlarms(arns: readonly string[], area: Place, name: string): string[] {
  const columns = 2;
  const names = arns.map((arn) => arn.slice(arn.lastIndexOf(":") + 1).replace(`${name}-`, ""));
  const sorted = [...RAISED, ...names.filter((each) => !RAISED.includes(each))];
  const rows = Math.ceil(sorted.length / columns);
  const width = (area.right - area.left) / columns;
  const height = (area.bottom - area.top) / rows;
  return sorted.flatMap((alarm, index) => {
    const isRaised = RAISED.includes(alarm);
    const x = area.left + Math.floor(index / rows) * width;
    const y = area.top + (index % rows) * height;
    const style = { ...cell, bold: isRaised, fill: isRaised ? "#d13212" : "#16191f" };
    return [
      `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${(width - 4).toFixed(1)}" height="${(height - 4).toFixed(1)}" rx="2" fill="${isRaised ? "#fdf3f1" : "#f2f8f0"}" stroke="${isRaised ? "#d13212" : "#b6d7ab"}"/>`,
      svgText(x + 6, y + height / 2 + 1.5, fitText(alarm, width - 16, style), style),
    ];
  });
}

/** A table with the fields that the query asks for, each as wide as it needs to be in proportion to the others. */
function drawTable(query: string, area: Place): string[] {
  const fields = (/\| fields ([^|]+)/.exec(query)?.[1] ?? "").split(",").map((field) => field.trim());
  const cells = NEWEST_ERRORS.map((entry) => fields.map((field) => entry[field] ?? ""));
  const needed = fields.map(
    (_, index) => Math.max(...cells.map((row) => textWidth(row[index] ?? "", cell)), 30) + 10,
  );
  const scale = (area.right - area.left) / needed.reduce((sum, width) => sum + width, 0);
  const drawRow = (texts: readonly string[], y: number, style: TextStyle) =>
    texts.flatMap((text, index) => {
      const x = area.left + needed.slice(0, index).reduce((sum, width) => sum + width, 0) * scale;
      const width = (needed[index] ?? 0) * scale - 6;
      return text === "" ? [] : [svgText(x, y, fitText(text, width, style), style)];
    });
  return [
    ...drawRow(fields, area.top + 12, { ...cell, bold: true, fill: grey }),
    ...cells.flatMap((row, index) => {
      const y = area.top + 12 + (index + 1) * tableRow;
      return [`<path d="M${area.left} ${y - 17}H${area.right}" stroke="#e4e7ea"/>`, ...drawRow(row, y, cell)];
    }),
  ];
}

/** The picture is that of every domain: its two APIs are called as the collection is. */
function withoutCollection(widget: Widget): Widget {
  const name = new RegExp(`(?<=")((?:4xx |413 )?)${SMALL_API}(?=(?:-large)?(?: p\\d+)?")`, "g");
  const alarm = new RegExp(
    `-${SMALL_API}(?=(?:-large)?-(?:client-errors|server-errors|latency|too-large)")`,
    "g",
  );
  const json = JSON.stringify(widget.properties)
    .replaceAll(name, "$1<collection>")
    .replaceAll(alarm, "-<collection>");
  return { ...widget, properties: JSON.parse(json) };
}
