import { createHmac } from "node:crypto";
import { base64url, type TokenChanges } from "./token-issuer.ts";
import { accepts, behind, beside, claim, header, refuses, type TokenTable } from "./token-rows.ts";

const parts = (token: string) => token.split(".") as [string, string, string];
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

/** The last character of a part, with a bit set that belongs to no byte. */
function withSpareBits(part: string): string {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return part.slice(0, -1) + digits[digits.indexOf(part.at(-1) ?? "") + 1];
}

/** Blanks behind the object, until its last byte fills less than a group of base64. */
const withoutGroup = (text: string) => text.padEnd(text.length + ((4 - (text.length % 3)) % 3));

/** Of 342 characters is the signature, of 40 the header; blanks fill the payload. */
const ofLength = (length: number): TokenChanges => ({
  payloadText: (text) => text.padEnd(Math.floor(((length - 342 - 40 - 2) * 3) / 4)),
});

/** How a token is written and signed. */
export const tokenFormTable: TokenTable = {
  signature: [
    accepts("of the issuer", {}),
    refuses("of somebody else", (issuer) => [`Bearer ${issuer.token({ key: issuer.stranger })}`]),
    refuses("that is empty", { signed: (token) => token.replace(/[^.]*$/, "") }),
    refuses("that is cut off", { signed: (token) => token.slice(0, -4) }),
    refuses("of another payload", (issuer) => {
      const [head, , signature] = parts(issuer.token());
      return [`Bearer ${head}.${parts(issuer.token(claim("sub", '"root"')))[1]}.${signature}`];
    }),
    refuses("of another header", (issuer) => {
      const [, payload, signature] = parts(issuer.token());
      return [`Bearer ${base64url('{"alg":"RS256","typ":"application/at+jwt"}')}.${payload}.${signature}`];
    }),
    refuses("with one bit changed", {
      signed: (token) => token.replace(/(.)([^.]{50})$/, (_, one, rest) => (one === "A" ? "B" : "A") + rest),
    }),
    refuses("over a text with a character more", { signed: (token) => token.replace(".", "A.") }),
  ],
  algorithm: [
    refuses("none, without a signature", {
      ...header("alg", '"none"'),
      signed: (token) => token.replace(/[^.]*$/, ""),
    }),
    refuses("none, signed", header("alg", '"none"')),
    refuses("HS256 with the public key as the secret", (issuer) => {
      const [head, payload] = parts(issuer.token(header("alg", '"HS256"')));
      const hmac = createHmac("sha256", issuer.key.publicPem).update(`${head}.${payload}`);
      return [`Bearer ${head}.${payload}.${hmac.digest("base64url")}`];
    }),
    refuses("RS512 in the header", header("alg", '"RS512"')),
    refuses("PS256 in the header", header("alg", '"PS256"')),
    refuses("in small letters", header("alg", '"rs256"')),
    refuses("that is missing", header("alg", undefined)),
    refuses("in a list", header("alg", '["RS256"]')),
    refuses("twice", { headerText: (text) => text.replace("{", '{"alg":"none",') }),
    accepts("written with an escape", header("alg", '"\\u0052S256"')),
    accepts("beside a key of the token's own, which nobody looks at", {
      header: { jwk: '{"kty":"RSA"}', jku: '"https://evil.example.com/"', kid: '"../../dev/null"' },
    }),
    refuses("of a key that the token brings along", (issuer) => {
      const jwk = JSON.stringify(issuer.stranger.privateKey.export({ format: "jwk" }));
      return [`Bearer ${issuer.token({ header: { jwk }, key: issuer.stranger })}`];
    }),
  ],
  structure: [
    refuses("of two parts", { signed: (token) => parts(token).slice(0, 2).join(".") }),
    refuses("of four parts", { signed: (token) => `${token}.e30` }),
    refuses("of five parts, as an encrypted token", { signed: (token) => `${token}.e30.e30` }),
    refuses("with a point in front", { signed: (token) => `.${token}` }),
    refuses("with a point behind", { signed: (token) => `${token}.` }),
    refuses("without a header", { encoded: (_, payload) => `.${payload}` }),
    refuses("without a payload", { encoded: (head) => `${head}.` }),
    refuses("of nothing but points", { signed: () => ".." }),
    refuses("of words", { signed: () => "a.b.c" }),
    accepts("of 8,192 characters", ofLength(8192)),
    refuses("of more", ofLength(8194)),
  ],
  base64url: [
    refuses("with padding behind the payload", { encoded: (head, payload) => `${head}.${payload}=` }),
    refuses("with padding behind the signature", { signed: (token) => `${token}==` }),
    refuses("with the digits of base64", {
      payloadText: (text) => text.replace("{", '{"a":"???>>>~~~",'),
      encoded: (head, payload) => `${head}.${payload.replaceAll("_", "/").replaceAll("-", "+")}`,
    }),
    refuses("with a percent sign", { encoded: (head, payload) => `${head}.${payload}%3D` }),
    refuses("with a group of one digit", {
      payloadText: (text) => text.padEnd(Math.ceil(text.length / 3) * 3),
      encoded: (head, payload) => `${head}.${payload}A`,
    }),
    refuses("with bits in the payload that belong to no byte", {
      payloadText: withoutGroup,
      encoded: (head, payload) => `${head}.${withSpareBits(payload)}`,
    }),
    refuses("with bits in the header that belong to no byte", {
      headerText: withoutGroup,
      encoded: (head, payload) => `${withSpareBits(head)}.${payload}`,
    }),
    refuses("with bits in the signature that belong to no byte", { signed: withSpareBits }),
    accepts("of every length", { payloadText: (text) => `${text} ` }),
    accepts("of every other length", { payloadText: (text) => `${text}  ` }),
  ],
  JSON: [
    accepts("with blanks wherever they may be", {
      payloadText: (text) => ` \t\r\n${text.replaceAll(",", " ,\n\t").replaceAll('":', '" :\r ')}\n `,
    }),
    accepts(
      "with all kinds of values",
      claim("a", '[{},[],null,true,false,-0,1.5e-7,"",{"b":[{"c":null}]}]'),
    ),
    accepts("with all kinds of escapes", claim("a", '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\ud83d\\ude00"')),
    accepts("with DEL and letters of any language in a text", claim("a", '"\u007f é 東京 😀"')),
    accepts("nested as deep as it may be", claim("a", nested(15))),
    refuses("nested deeper", claim("a", nested(16))),
    refuses("nested beyond all measure", claim("a", nested(2500))),
    ...[
      ["with a comma too many", '{"a":1,}'],
      ["with a comment", '{"a":1/**/}'],
      ["with a name without quotes", "{a:1}"],
      ["with single quotes", "{'a':1}"],
      ["with NaN", "NaN"],
      ["with Infinity", "Infinity"],
      ["with a zero in front of a number", "01"],
      ["with a plus in front of a number", "+1"],
      ["with a number that ends with its point", "1."],
      ["with a number that begins with its point", ".5"],
      ["with an exponent of nothing", "1e"],
      ["with a hexadecimal number", "0x10"],
      ["with an unknown escape", '"\\x41"'],
      ["with an escape that is cut off", '"\\u12"'],
      ["with half a character", '"\\ud83d"'],
      ["with the other half of a character", '"\\ude00"'],
      ["with two first halves of a character", '"\\ud83d\\ud83d"'],
      ["with a line break in a text", '"a\nb"'],
      ["with a text that is not closed", '"a'],
      ["with an array that is closed as an object", "[1}"],
      ["with TRUE", "TRUE"],
      ["with two values", "1 2"],
      ["with no value", ""],
    ].map(([what = "", text]) => refuses(what, claim("a", text))),
    refuses("with something behind it", { payloadText: (text) => `${text}{}` }),
    refuses("with a byte order mark", { payloadText: (text) => `\ufeff${text}` }),
    refuses("with a zero byte behind it", { payloadText: (text) => `${text}\0` }),
    refuses("in UTF-16", { payloadText: (text) => Buffer.from(text, "utf16le") }),
    refuses("that is no object", { payloadText: (text) => `[${text}]` }),
    refuses("that is a text", { payloadText: (text) => JSON.stringify(text) }),
    refuses("whose header is no object", { headerText: (text) => `[${text}]` }),
    refuses("with a byte that is no UTF-8", {
      payloadText: (text) => Buffer.from(text.replace("{", '{"a":"\xff",'), "latin1"),
    }),
    refuses("with a letter in too many bytes", {
      payloadText: (text) => Buffer.from(text.replace("{", '{"a":"\xc0\xaf",'), "latin1"),
    }),
    refuses("with half a character as bytes", {
      payloadText: (text) => Buffer.from(text.replace("{", '{"a":"\xed\xa0\xbd",'), "latin1"),
    }),
  ],
  "duplicate names": [
    refuses("of the caller", beside('"sub":"somebody"')),
    refuses("of the caller, the same one", beside('"sub":"saas-application"')),
    refuses("of the issuer", behind('"iss":"https://evil.example.com/"')),
    refuses("of the end", beside('"exp":1')),
    refuses("one of them written with an escape", beside('"\\u0073ub":"somebody"')),
    refuses("of null", beside('"nbf":null,"nbf":0')),
    refuses("in an object inside", claim("a", '{"b":1,"b":2}')),
    refuses("deep in a list", claim("a", '[[{"b":[],"b":[]}]]')),
    refuses("in the header", { headerText: (text) => text.replace("{", '{"typ":"JWT",') }),
    refuses("of nothing", claim("a", '{"":1,"":1}')),
    accepts("at different places", claim("a", '{"sub":"somebody","iss":{"sub":1}}')),
    accepts("in other letters", beside('"SUB":"somebody"')),
  ],
  typ: [
    accepts("at+jwt", header("typ", '"at+jwt"')),
    accepts("application/at+jwt", header("typ", '"application/at+jwt"')),
    accepts("AT+JWT in capitals", header("typ", '"AT+JWT"')),
    accepts("at+jwt written with an escape", header("typ", '"at\\u002bjwt"')),
    refuses("JWT, as ID tokens have it", header("typ", '"JWT"')),
    refuses("that is missing", header("typ", undefined)),
    refuses("logout+jwt", header("typ", '"logout+jwt"')),
    refuses("that only begins so", header("typ", '"at+jwt2"')),
    refuses("with a blank", header("typ", '"at+jwt "')),
    refuses("in a list", header("typ", '["at+jwt"]')),
    refuses("null", header("typ", "null")),
    refuses("nothing", header("typ", '""')),
  ],
  "critical and other header parameters": [
    refuses("crit with one that nobody knows", { header: { crit: '["exp"]', exp: "1" } }),
    refuses("crit with b64", { header: { crit: '["b64"]', b64: "true" } }),
    refuses("crit with nothing", header("crit", "[]")),
    refuses("crit of null", header("crit", "null")),
    refuses("crit as a text", header("crit", '"a"')),
    refuses("b64 of false", header("b64", "false")),
    refuses("b64 as a text", header("b64", '"true"')),
    accepts("b64 of true", header("b64", "true")),
    accepts("those that nobody has to know", {
      header: { kid: '"1"', x5t: '"a"', cty: '"json"', CRIT: "[]" },
    }),
    refuses("another token as the payload", (issuer) => [
      `Bearer ${issuer.token({ header: { cty: '"JWT"' }, payloadText: () => issuer.token() })}`,
    ]),
  ],
};
