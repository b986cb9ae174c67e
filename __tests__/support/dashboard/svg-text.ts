export interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
  readonly fill?: string;
  readonly anchor?: "start" | "middle" | "end";
}

/** A text element whose attributes `textBoxes` understands. */
export function svgText(x: number, y: number, content: string, style: TextStyle): string {
  const { size, bold = false, fill = "#16191f", anchor = "start" } = style;
  const weight = bold ? ' font-weight="bold"' : "";
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}"${weight} fill="${fill}">${escapeXml(content)}</text>`;
}

/** The text, cut where it would be wider. */
export function fitText(content: string, width: number, style: TextStyle): string {
  if (textWidth(content, style) <= width) return content;
  const letters = [...content];
  while (letters.length > 0 && textWidth(`${letters.join("")}…`, style) > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

const widths: readonly (readonly [characters: RegExp, ems: number])[] = [
  [/[ijlI|!.,:;' ]/, 0.34],
  [/[frt()[\]/\-"]/, 0.42],
  [/[mwMW@%…]/, 1],
  [/[<>=+–·]/, 0.84],
  [/[A-Z]/, 0.77],
];

/** As wide as the widest of the usual sans-serif fonts would draw it. */
export function textWidth(content: string, { size, bold = false }: TextStyle): number {
  const ems = [...content].map((character) => widths.find(([set]) => set.test(character))?.[1] ?? 0.64);
  return ems.reduce((sum, em) => sum + em, 0) * size * (bold ? 1.1 : 1);
}

export interface Box {
  readonly content: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The room that each text of a picture takes. */
export function textBoxes(svg: string): Box[] {
  const texts = svg.matchAll(
    /<text x="([\d.-]+)" y="([\d.-]+)" font-size="([\d.]+)" text-anchor="(\w+)"( font-weight="bold")?[^>]*>([^<]*)</g,
  );
  return [...texts].map(([, x, y, fontSize, anchor, bold, escaped = ""]) => {
    const size = Number(fontSize);
    const content = unescapeXml(escaped);
    const width = textWidth(content, { size, bold: bold !== undefined });
    const left = Number(x) - width * (anchor === "end" ? 1 : anchor === "middle" ? 0.5 : 0);
    return {
      content,
      left,
      right: left + width,
      top: Number(y) - 0.8 * size,
      bottom: Number(y) + 0.22 * size,
    };
  });
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function unescapeXml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
