import type { TokenChanges, TokenIssuer } from "./token-issuer.ts";

/** A request's Authorization headers, and whether they make it the caller's. */
export interface TokenRow {
  readonly what: string;
  readonly isAccepted: boolean;
  readonly authorization: (issuer: TokenIssuer) => readonly string[];
}

type Authorization = TokenChanges | ((issuer: TokenIssuer) => readonly string[]);

const row =
  (isAccepted: boolean) =>
  (what: string, authorization: Authorization): TokenRow => ({
    what,
    isAccepted,
    authorization:
      typeof authorization === "function"
        ? authorization
        : (issuer) => [`Bearer ${issuer.token(authorization)}`],
  });

export const accepts = row(true);
export const refuses = row(false);

export const header = (name: string, text: string | undefined): TokenChanges => ({
  header: { [name]: text },
});
export const claim = (name: string, text: string | ((now: number) => string) | undefined): TokenChanges => ({
  claims: { [name]: text },
});
/** A member more, in front of all others or behind them. */
export const beside = (member: string): TokenChanges => ({
  payloadText: (text) => text.replace("{", `{${member},`),
});
export const behind = (member: string): TokenChanges => ({
  payloadText: (text) => text.replace(/}$/, `,${member}}`),
});

export const ISSUER = "https://login.example.com/";
export const AUDIENCE = "https://items.example.com";
export const SUBJECT = "saas-application";

/** Every character as an escape, or as two of them. */
export function escapedAll(text: string): string {
  return text
    .split("")
    .map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** Rows by what is tried. */
export type TokenTable = Readonly<Record<string, readonly TokenRow[]>>;
