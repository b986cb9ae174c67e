import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endsAs, FILE_NAME_PATTERN, FILE_NAME_RULE } from "../../domain/file-names.ts";
import { DOCX, JPEG, PDF, TIFF } from "../../domain/media-types.ts";
import { fileName } from "../../domain/seam.ts";
import { itHolds } from "../support/property.ts";

const schema = fileName();
const isTaken = (name: string) => schema.safeParse(name).success;

describe(fileName, () => {
  it.each([
    "report.pdf",
    "report",
    "REPORT.PDF",
    "Bericht für März.pdf",
    "O'Brien (final) [2].pdf",
    "2026-03-01_v1.2.pdf",
    "#1 {draft}, 100 EUR!.pdf",
    "a~b=c+d@e.pdf",
    "見積書 2026年3月.pdf",
    "عرض.pdf",
    "Screenshot 3.14.15\u202fPM.pdf",
    "console.pdf",
    "COM10.pdf",
    "nul-report.pdf",
    "a",
    "x".repeat(255),
  ])("takes %j", (name) => {
    expect(isTaken(name)).toBe(true);
  });

  it.each([
    ["nothing", ""],
    ["its own folder", "."],
    ["the folder above", ".."],
    ["a way to another folder", "../a.pdf"],
    ["a folder", "a/b.pdf"],
    ["a folder of Windows", "a\\b.pdf"],
    ["a drive", "C:a.pdf"],
    ["another stream of the file", "a.pdf:x"],
    ["an escape that is decoded once more", "..%2Fa.pdf"],
    ["a variable of Windows", "%TEMP%.pdf"],
    ["a zero byte", "a.pdf\0.exe"],
    ["a line break", "a\nb.pdf"],
    ["a tab", "a\tb.pdf"],
    ["the escape of terminals", "a\u001b[31m.pdf"],
    ["a control beyond ASCII", "a\u0085.pdf"],
    ["reading from right to left", "a\u202efdp.exe"],
    ["isolated direction", "a\u2066b.pdf"],
    ["a mark of direction", "a\u200fb.pdf"],
    ["a mark of Arabic", "a\u061cb.pdf"],
    ["no width", "a\u200bb.pdf"],
    ["a byte order mark", "a\ufeffb.pdf"],
    ["a soft hyphen", "a\u00adb.pdf"],
    ["half a character", "a\ud800b.pdf"],
    ["a formula", "=cmd|' /C calc'!A0"],
    ["a formula without a pipe", "=1+1.pdf"],
    ["a formula of full width", "＝1.pdf"],
    ["an at of full width", "＠SUM(A1).pdf"],
    ["a small formula", "﹦1.pdf"],
    ["a small plus", "﹢1.pdf"],
    ["a small minus", "﹣1.pdf"],
    ["a small at", "﹫SUM(A1).pdf"],
    ["a minus of mathematics", "−1.pdf"],
    ["a vowel separator of Mongolian", "a\u180eb.pdf"],
    ["a filler of Hangul", "a\u3164b.pdf"],
    ["a pattern of no dots", "a\u2800b.pdf"],
    ["a variation of a character", "a\ufe0fb.pdf"],
    ["a sign of Arabic numbers", "a\u0600b.pdf"],
    ["a plus", "+1.pdf"],
    ["a minus, which is an option too", "-rf"],
    ["an at", "@SUM(A1).pdf"],
    ["a home folder", "~root"],
    ["a pipe", "a|b.pdf"],
    ["a second command", "a;b.pdf"],
    ["a command in the background", "a&b.pdf"],
    ["a variable", "$HOME.pdf"],
    ["a command inside", "$(id).pdf"],
    ["a command between backticks", "`id`.pdf"],
    ["input", "a<b.pdf"],
    ["output", "a>b.pdf"],
    ["any name", "*.pdf"],
    ["any character", "?.pdf"],
    ["quotes", '"a".pdf'],
    ["the escape of Windows", "a^b.pdf"],
    ["a hidden file", ".htaccess"],
    ["a dot last", "a.exe."],
    ["a blank last", "a.exe "],
    ["a wide blank last", "a.exe\u00a0"],
    ["a blank first", " a.pdf"],
    ["a device", "CON"],
    ["a device with an ending", "nul.pdf"],
    ["a device and a blank that is no space", "nul\u00a0.pdf"],
    ["a device with two endings", "Aux.tar.pdf"],
    ["a device with a number", "com1.pdf"],
    ["a device with a small number", "LPT³.pdf"],
    ["a device before a blank", "PRN .pdf"],
    ["256 characters", "x".repeat(256)],
  ])("refuses %s: %j", (_what, name) => {
    expect(isTaken(name)).toBe(false);
  });

  const everyCharacter = Array.from({ length: 65_536 }, (_, code) => String.fromCharCode(code));

  it("takes no character that is not drawn, of all below U+10000", () => {
    const hidden = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
    const isHidden = (each: string) => hidden.test(each) && !/\p{Cn}/u.test(each);

    const taken = everyCharacter.filter((each) => isTaken(`a${each}b`));

    expect(taken.length).toBeGreaterThan(50_000);
    expect(taken.filter(isHidden)).toEqual([]);
  });

  it("takes every letter and digit below U+10000 that is drawn", () => {
    const drawn = everyCharacter.filter(
      (each) => /[\p{L}\p{N}]/u.test(each) && !/\p{Default_Ignorable_Code_Point}/u.test(each),
    );

    expect(drawn.length).toBeGreaterThan(40_000);
    expect(drawn.filter((each) => !isTaken(`a${each}b`))).toEqual([]);
  });

  it("takes no sign first that is the sign of a formula in another form", () => {
    const signs = everyCharacter.filter((each) => /^[=+\-@\u2212]/.test(each.normalize("NFKC")));

    expect(signs.length).toBeGreaterThan(15);
    expect(signs.filter((each) => isTaken(`${each}1.pdf`))).toEqual([]);
  });

  const special = [..." .-=+@~/\\:;|&$`<>*?\"'%^()[]{}!#\0\n\u00a0\u202e\u200bCONcom1", "nul", "exe"];
  const part = fc.oneof(fc.constantFrom(...special), fc.string({ unit: "binary", maxLength: 3 }));
  const names = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(""));
  itHolds(
    "takes only names that are safe by each rule",
    fc.property(names, (name) => {
      if (!isTaken(name)) return;
      expect(name).not.toMatch(/[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}"$%&*/:;<>?\\^`|]/u);
      expect(name).not.toMatch(/[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/);
      expect(name).not.toMatch(/^[\s.=+\-@~]|[\s.]$/);
      expect(name.split(".")[0]?.trim()).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)$/i);
      expect([posix.join("a", name), win32.join("a", name)]).toEqual([`a/${name}`, `a\\${name}`]);
    }),
    { numRuns: 20_000 },
  );

  it("answers a name of megabytes at once, without its stack", () => {
    for (const name of ["a".repeat(10_000_000), " ".repeat(10_000_000), `${"a.".repeat(5_000_000)}/`]) {
      expect(isTaken(name)).toBe(false);
    }
  });

  it("has a rule that fits a line, and a pattern that draft 4 of JSON schema knows", () => {
    expect(FILE_NAME_RULE.length).toBeLessThan(130);
    expect(FILE_NAME_PATTERN.flags).toBe("");
    expect(FILE_NAME_PATTERN.source).not.toMatch(/\(\?<|\\p|\\s/);
  });
});

describe(endsAs, () => {
  it.each([
    [PDF, "a.pdf"],
    [PDF, "A.PDF"],
    [PDF, "a"],
    [PDF, "v1.2"],
    [PDF, "a.exe.pdf"],
    [PDF, "a.longer than an ending"],
    [PDF, "a.ninechars"],
    [PDF, "a．pdf"],
    [PDF, "a.ＰＤＦ"],
    [JPEG, "a.jpg"],
    [JPEG, "a.JPEG"],
    [TIFF, "a.tiff"],
    [DOCX, "a.docx"],
  ])("takes for $0.name a file named $1", (type, name) => {
    expect(endsAs(name, type)).toBe(true);
  });

  it.each([
    [PDF, "invoice.exe"],
    [PDF, "invoice.pdf.exe"],
    [PDF, "invoice.PS1"],
    [PDF, "invoice.7z"],
    [PDF, "a.sh"],
    [PDF, "invoice.manifest"],
    [PDF, "invoice．exe"],
    [PDF, "invoice․exe"],
    [PDF, "invoice.ＥＸＥ"],
    [PDF, "invoice⒈exe"],
    [PDF, "a.docx"],
    [JPEG, "a.png"],
    [DOCX, "a.docm"],
    [DOCX, "a.doc"],
  ])("refuses for $0.name a file named $1", (type, name) => {
    expect(endsAs(name, type)).toBe(false);
  });
});
