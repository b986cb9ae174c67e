import { jsonReader } from "./json-reader.ts";
import type { TokenAuthentication } from "./render-tokens.ts";

/** Of a token's times, for clocks that differ. */
const leewaySeconds = 30;
/** Without padding, SHA-256 and all else of RFC 7515 is written with these digits. */
const base64urlDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** As RFC 9068, 4 reads the header's typ. */
const accessTokenTypes = ["at+jwt", "application/at+jwt"];

/** Any text as a literal of Lua. */
export function luaText(text: string): string {
  const escaped = (byte: number) => `\\${String(byte).padStart(3, "0")}`;
  const bytes = [...Buffer.from(text)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /^[ !#-[\]-~]$/.test(character) ? character : escaped(byte);
  });
  return `"${bytes.join("")}"`;
}

/** The Lua action `lua.read-token`: sets `txn.subject` to the caller that the signed token in `txn.token` names. */
export function renderTokenReader(title: string, authentication: TokenAuthentication): string {
  return `-- Checks the tokens of callers for the external API proxy of ${title}. Rendered; do not edit.
-- HAProxy has verified the signature before: only tokens that the issuer has signed get here.

${settingsOf(authentication)}

-- Strict JSON. Objects and arrays are tables with a kind, and their content is in "of". null is a table too.
${jsonReader}

-- Tokens.
${checks}
`;
}

function settingsOf(authentication: TokenAuthentication): string {
  const { issuer, audience, algorithm, callerIdClaim, tokenType, certificateBound } = authentication;
  const types = accessTokenTypes.map((type) => `[${luaText(type)}] = true`).join(", ");
  return `local issuer = ${luaText(issuer)}
local audience = ${luaText(audience)}
local algorithm = ${luaText(algorithm)}
local caller_id_claim = ${luaText(callerIdClaim)}
-- The values that the header's typ may have; nil accepts any value, or none.
local types = ${tokenType === "any" ? "nil" : `{ ${types} }`}
-- Whether a token is valid only on a connection with the client certificate that it names (RFC 8705).
local is_certificate_bound = ${certificateBound}
local leeway_seconds = ${leewaySeconds}`;
}

const checks = String.raw`local max_caller_id_characters = 255
-- The last second of the year 9999.
local last_second = 253402300799

local digit_values = {}
for digit, value in ("${base64urlDigits}"):gmatch("(.)()") do digit_values[digit] = value - 2 end

local function decode_four(a, b, c, d)
  local values = digit_values
  return string.pack(">I3", values[a] << 18 | values[b] << 12 | values[c] << 6 | values[d])
end

-- As RFC 7515 defines it: no padding, nothing between the digits, and no bits after the last byte.
local function decode(text)
  if text:find("[^A-Za-z0-9_-]") or #text % 4 == 1 then refuse("not base64url") end
  local bytes = (text .. ("A"):rep(-#text % 4)):gsub("(.)(.)(.)(.)", decode_four)
  local size = #text * 3 // 4
  if bytes:find("[^\0]", size + 1) then refuse("not base64url") end
  return bytes:sub(1, size)
end

local function read_part(text)
  local value = read_json(decode(text))
  if type(value) ~= "table" or value.kind ~= "object" then refuse("not an object") end
  return value.of
end

local function is_header(header)
  if header.alg ~= algorithm then return false end
  -- No critical extension and no unencoded payload (RFC 7797) is supported.
  if header.crit ~= nil or header.b64 ~= nil and header.b64 ~= true then return false end
  return types == nil or type(header.typ) == "string" and types[header.typ:lower()] == true
end

local function is_for_us(aud)
  if type(aud) ~= "table" or aud.kind ~= "array" then return aud == audience end
  local is_named = false
  for _, each in ipairs(aud.of) do
    if type(each) ~= "string" then return false end
    is_named = is_named or each == audience
  end
  return is_named
end

-- A NumericDate of RFC 7519: a number, with a fraction or an exponent as well.
local function is_time(value) return type(value) == "number" and value >= 0 and value <= last_second end

local function is_now(claims)
  local now = os.time()
  if not is_time(claims.exp) or claims.exp + leeway_seconds <= now then return false end
  if claims.iat ~= nil and not is_time(claims.iat) then return false end
  return claims.nbf == nil or is_time(claims.nbf) and claims.nbf - leeway_seconds <= now
end

-- A bound token is refused if the certificate is not checked: otherwise a stolen token would work.
local function is_confirmed(cnf, thumbprint)
  if not is_certificate_bound then return cnf == nil end
  if type(cnf) ~= "table" or cnf.kind ~= "object" then return false end
  return thumbprint ~= nil and cnf.of["x5t#S256"] == thumbprint
end

local function is_caller_id(value)
  if type(value) ~= "string" or value == "" or utf8.len(value) > max_caller_id_characters then return false end
  return not value:find("[\0-\31\127]") and not value:find("\xC2[\x80-\x9F]")
end

local function caller_of(token, thumbprint)
  local header, payload, signature = token:match("^([^.]+)%.([^.]+)%.([^.]+)$")
  decode(signature)
  if not is_header(read_part(header)) then return nil end
  local claims = read_part(payload)
  if claims.iss ~= issuer or not is_for_us(claims.aud) or not is_now(claims) then return nil end
  if not is_confirmed(claims.cnf, thumbprint) then return nil end
  local caller_id = claims[caller_id_claim]
  return is_caller_id(caller_id) and caller_id or nil
end

core.register_action("read-token", { "http-req" }, function(txn)
  -- pcall, because HAProxy would log an error with text of the token. A request without a subject is refused.
  local is_read, caller_id = pcall(caller_of, txn:get_var("txn.token"), txn:get_var("txn.certificate"))
  if is_read and caller_id then txn:set_var("txn.subject", caller_id) end
end, 0)`;
