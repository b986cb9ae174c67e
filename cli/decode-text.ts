import { UserError } from "../contract/user-error.ts";

/**
 * The text of a file: UTF-8, or UTF-16 with its mark, which PowerShell writes for `>`. The mark is no part of it.
 * @throws UserError where the bytes are neither; `file` names them
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const text = tryDecode(bytes, encodingOf(bytes));
  if (text === undefined || text.includes("\0")) {
    throw new UserError(
      `${file} is neither UTF-8 text nor UTF-16 text with a byte order mark. Save it as UTF-8.`,
    );
  }
  return text;
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return "utf-8";
}

function tryDecode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
