import type { MediaType } from "./media-types.ts";

export const MAX_FILE_NAME_LENGTH = 255;

/** Characters that look like a space, and are invisible at either end. */
const blanks = " \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000";
/**
 * Of ASCII without `" $ % & * / : ; < > ? \ ^ | backtick`, which separate folders, commands or variables. An apostrophe, brackets
 * and blanks stay: by themselves they run nothing, and everyday names have them. Beyond ASCII without what Unicode
 * calls controls, formats, default ignorable, surrogates and private use, nor U+2800, which is drawn as nothing: written out,
 * since it is the same set in every regex dialect.
 */
const allowed =
  " !#'()+,\\-.0-9=@A-Z[\\]_a-z{}~\\u00a0-\\u00ac\\u00ae-\\u034e\\u0350-\\u05ff\\u0606-\\u061b\\u061d-\\u06dc\\u06de-\\u070e\\u0710-\\u088f\\u0892-\\u08e1\\u08e3-\\u115e\\u1161-\\u17b3\\u17b6-\\u180a\\u1810-\\u200a\\u2010-\\u2027\\u202f-\\u205f\\u2070-\\u27ff\\u2801-\\u3163\\u3165-\\ud7ff\\uf900-\\ufdff\\ufe10-\\ufefe\\uff00-\\uff9f\\uffa1-\\uffef";
/** `=`, `+`, `-`, `@` and the minus in other forms: full width, small, superscript or subscript. */
const formulaSigns =
  "\\u207a-\\u207c\\u208a-\\u208c\\u2212\\u2a75\\u2a76\\ufb29\\ufe62\\ufe63\\ufe66\\ufe6b\\uff0b\\uff0d\\uff1d\\uff20";
/** A formula to spreadsheets, an option or a home folder to shells, a hidden file to file systems. */
const notFirst = `${blanks}.=+\\-@~${formulaSigns}`;
/** Windows opens the device whatever ending follows. https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const device = `(?:[Cc][Oo][Nn]|[Pp][Rr][Nn]|[Aa][Uu][Xx]|[Nn][Uu][Ll]|(?:[Cc][Oo][Mm]|[Ll][Pp][Tt])[0-9\\u00b2\\u00b3\\u00b9])[${blanks}]*(?:\\.|$)`;

/** A valid file name of any media type. Windows removes a dot or a space at the end. */
export const FILE_NAME_PATTERN = new RegExp(
  `^(?![${notFirst}])(?!.{0,${MAX_FILE_NAME_LENGTH - 1}}[${blanks}.]$)(?!${device})[${allowed}]+$`,
);

/** The same rule in words, for senders. */
export const FILE_NAME_RULE =
  "Must be a file name without path, shell or control characters, no space or . = + - @ ~ at the start, no space or dot at the end.";

/** The ending of a file name: a dot and up to eight letters and digits, with at least one letter. */
const ending = /\.(?=[0-9]*[a-z])([a-z0-9]{1,8})$/;

/**
 * Whether a name has no ending, or one of its media type: systems choose the program by the ending. A dot or a letter in
 * another form counts as itself, because it looks the same and some systems convert it.
 */
export function endsAs(fileName: string, { extensions }: MediaType): boolean {
  const [, found] = ending.exec(fileName.normalize("NFKC").toLowerCase()) ?? [];
  return found === undefined || extensions.includes(found);
}
