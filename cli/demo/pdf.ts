import { createHash } from "node:crypto";

const header = "%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n";
const rowPixels = 1024;

/** A PDF that viewers open: one page with a title, and below it a picture of noise that brings it to about a size. */
export function createPdf(title: string, sizeBytes: number): Buffer {
  const rows = Math.max(1, Math.floor((sizeBytes - 1000) / rowPixels));
  const text = title.replaceAll(/[\\()]/g, "\\$&");
  const content = `BT /F1 24 Tf 72 760 Td (${text}) Tj ET q 450 0 0 600 72 100 cm /Im1 Do Q`;
  const objects = [
    object("<< /Type /Catalog /Pages 2 0 R >>"),
    object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
    object(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R " +
        "/Resources << /Font << /F1 5 0 R >> /XObject << /Im1 6 0 R >> >> >>",
    ),
    stream("", Buffer.from(content)),
    object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"),
    stream(
      `/Type /XObject /Subtype /Image /Width ${rowPixels} /Height ${rows} /ColorSpace /DeviceGray /BitsPerComponent 8 `,
      noise(title, rows * rowPixels),
    ),
  ];
  return assemble(objects);
}

function object(dictionary: string): Buffer {
  return Buffer.from(dictionary);
}

function stream(entries: string, bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`<< ${entries}/Length ${bytes.length} >>\nstream\n`),
    bytes,
    Buffer.from("\nendstream"),
  ]);
}

/** The same bytes for the same seed, of which none repeats for long. */
function noise(seed: string, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let size = 0, count = 0; size < length; size += 64, count++) {
    blocks.push(createHash("sha512").update(`${seed} ${count}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** Numbers the objects and writes the table of where each begins. */
function assemble(objects: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from(header, "latin1")];
  let offset = parts[0]?.length ?? 0;
  const offsets = objects.map((content, index) => {
    const numbered = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), content, Buffer.from("\nendobj\n")]);
    const start = offset;
    parts.push(numbered);
    offset += numbered.length;
    return start;
  });
  const entries = offsets.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`).join("");
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}` +
        `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${offset}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}
