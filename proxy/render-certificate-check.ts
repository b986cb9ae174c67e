/** As the bind line names them, beside the configuration. */
export const clientAuthoritiesFile = "tls/client-ca.pem";
export const revocationFile = "tls/client-crl.pem";

/** What HAProxy gives to this check for the fields of a certificate that it has none of its own for. */
const extendedKeyUsage = luaBytes("551d25");
const clientAuth = luaBytes("2b06010505070302");

/**
 * The Lua fetch `lua.certificate_error`: what is wrong with a client's certificate, or "none".
 * OpenSSL takes any CA below a trusted one, with whatever name that has; here every CA has to stand in the file, and
 * each name only once, so that the name of an issuer tells who it is.
 */
export function renderCertificateCheck(): string {
  return `-- Checks of client certificates that HAProxy's own language cannot express. Rendered; do not edit.

${derReader}

${authorityReader}

local function is_for_clients(certificate)
  for _, extension in ipairs(certificate.extensions) do
    local fields = parts(extension.content)
    if fields[1].content == "${extendedKeyUsage}" then
      for _, use in ipairs(parts(parts(fields[#fields].content)[1].content)) do
        if use.content == "${clientAuth}" then return true end
      end
    end
  end
  return false
end

-- The first error that OpenSSL found in the CAs, else in the certificate, else the result of the whole check.
local function openssl_error(txn)
  for _, code in ipairs({ txn.f:ssl_c_ca_err(), txn.f:ssl_c_err(), txn.f:ssl_c_verify() }) do
    if code ~= 0 then return tostring(code) end
  end
  return nil
end

core.register_fetches("certificate_error", function(txn)
  local der = txn.f:ssl_c_der()
  if der == nil then return "absent" end
  local code = openssl_error(txn)
  if code ~= nil then return code end
  if not is_for_clients(read_certificate(der)) then return "no-client-auth" end
  -- All certificates but the client's own. OpenSSL accepts 100 KiB, less than tune.bufsize: none is missing here.
  for _, further in ipairs(parts(txn.f:ssl_c_chain_der() or "")) do
    if not authorities[further.whole] then return "unlisted-authority" end
  end
  return "none"
end)
`;
}

const derReader = `-- The elements of a sequence of DER.
local function parts(der)
  local list, at = {}, 1
  while at <= #der do
    local tag, length, first = der:byte(at), der:byte(at + 1), at + 2
    if length >= 0x80 then
      local bytes = length - 0x80
      length, first = string.unpack(">I" .. bytes, der, first), first + bytes
    end
    local after = first + length
    if after > #der + 1 then error("DER is cut off") end
    list[#list + 1] = { tag = tag, content = der:sub(first, after - 1), whole = der:sub(at, after - 1) }
    at = after
  end
  return list
end

-- RFC 5280, 4.1
local function read_certificate(der)
  local fields = parts(parts(parts(der)[1].content)[1].content)
  if fields[1].tag == 0xa0 then table.remove(fields, 1) end
  local last = fields[#fields]
  local extensions = last.tag == 0xa3 and parts(parts(last.content)[1].content) or {}
  return { subject = fields[5].content, key = fields[6].whole, extensions = extensions }
end`;

const authorityReader = `local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function decode_base64(text)
  local bytes, value, bits = {}, 0, 0
  for symbol in text:gmatch("[%w+/]") do
    value, bits = value << 6 | alphabet:find(symbol, 1, true) - 1, bits + 6
    if bits >= 8 then
      bits = bits - 8
      bytes[#bytes + 1] = string.char(value >> bits)
      value = value & (1 << bits) - 1
    end
  end
  return table.concat(bytes)
end

-- T61String, BMPString and UniversalString, by the bytes of their characters; the others are ASCII or UTF-8.
local widths = { [0x14] = 1, [0x1e] = 2, [0x1c] = 4 }

-- OpenSSL ignores string types, case and blanks when it compares names.
local function comparable(subject)
  local list = {}
  for _, set in ipairs(parts(subject)) do
    for _, attribute in ipairs(parts(set.content)) do
      local kind, value = table.unpack(parts(attribute.content))
      local width = widths[value.tag]
      local text = width == nil and value.content
        or value.content:gsub(("."):rep(width), function(bytes) return utf8.char((string.unpack(">I" .. width, bytes))) end)
      list[#list + 1] = kind.content .. "=" .. text:lower():gsub("%s", "")
    end
  end
  table.sort(list)
  return table.concat(list, ",")
end

-- While HAProxy reads its configuration, paths are relative to it, and the whole file system is visible.
local file = assert(io.open("${clientAuthoritiesFile}"))
local pem = file:read("a")
file:close()

-- By their DER.
local authorities = {}
local keys = {}
for label, body in pem:gmatch("%-%-%-%-%-BEGIN ([^\\n]-)%-%-%-%-%-(.-)%-%-%-%-%-END ") do
  if label ~= "CERTIFICATE" then
    error("${clientAuthoritiesFile} must contain only certificates. Remove the " .. label, 0)
  end
  local der = decode_base64(body)
  local certificate = read_certificate(der)
  local name = comparable(certificate.subject)
  if keys[name] ~= nil and keys[name] ~= certificate.key then
    error("${clientAuthoritiesFile} must not contain two CAs with the same name and different keys, because the name must identify a caller's issuer. "
      .. "Remove one of these, or give it another name: " .. name:gsub("[^ -~]", "?"), 0)
  end
  keys[name] = certificate.key
  authorities[der] = true
end`;

/** As Lua's strings have them. */
function luaBytes(hex: string): string {
  return hex.replace(/../g, "\\x$&");
}
