/**
 * Lua that reads JSON as RFC 8259 defines it, and refuses an object with a name twice, which section 4 of
 * RFC 7515 and of RFC 7519 leave to the reader: `read_json(text)` gives a value or raises an error. It depends on nothing but Lua 5.3.
 */
export const jsonReader = String.raw`local max_depth = 16

local function refuse(why) error(why, 0) end

local function skip_blanks(text, at) return text:match("^[ \t\n\r]*()", at) end

local function read_code(text, at)
  local digits = text:match("^\\u(%x%x%x%x)", at)
  if not digits then refuse("an escape is cut off") end
  return tonumber(digits, 16)
end

-- One \uXXXX, or two for a character beyond the first 65,536.
local function read_escaped_character(text, at)
  local first = read_code(text, at)
  if first < 0xD800 or first > 0xDFFF then return utf8.char(first), at + 6 end
  local second = read_code(text, at + 6)
  if first > 0xDBFF or second < 0xDC00 or second > 0xDFFF then refuse("half a character") end
  return utf8.char(0x10000 + (first - 0xD800) * 0x400 + second - 0xDC00), at + 12
end

local escaped = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function read_string(text, at)
  local parts = {}
  at = at + 1
  while true do
    local plain, stop = text:match('^([^"\\\0-\31]*)()', at)
    parts[#parts + 1] = plain
    local char, letter = text:sub(stop, stop), text:sub(stop + 1, stop + 1)
    if char == '"' then return table.concat(parts), stop + 1 end
    if char ~= "\\" then refuse("a text is not closed") end
    if letter == "u" then
      parts[#parts + 1], at = read_escaped_character(text, stop)
    else
      parts[#parts + 1], at = escaped[letter] or refuse("an unknown escape"), stop + 2
    end
  end
end

local function read_number(text, at)
  local whole, stop = text:match("^(-?%d+)()", at)
  if not whole or whole:find("^-?0%d") then refuse("not a value") end
  stop = text:match("^%.%d+()", stop) or stop
  stop = text:match("^[eE][+-]?%d+()", stop) or stop
  return tonumber(text:sub(at, stop - 1)), stop
end

-- What stands in brackets, with a comma between each two.
local function read_list(text, at, close, read_one)
  at = skip_blanks(text, at + 1)
  if text:sub(at, at) == close then return at + 1 end
  while true do
    at = skip_blanks(text, read_one(at))
    local char = text:sub(at, at)
    if char == close then return at + 1 end
    if char ~= "," then refuse("a list is not closed") end
    at = skip_blanks(text, at + 1)
  end
end

local read_value

local function read_array(text, at, depth)
  local of = {}
  local stop = read_list(text, at, "]", function(from)
    of[#of + 1], from = read_value(text, from, depth)
    return from
  end)
  return { kind = "array", of = of }, stop
end

local function read_object(text, at, depth)
  local of = {}
  local stop = read_list(text, at, "}", function(from)
    if text:sub(from, from) ~= '"' then refuse("a member has no name") end
    local name, colon = read_string(text, from)
    if of[name] ~= nil then refuse("a name stands twice") end
    colon = skip_blanks(text, colon)
    if text:sub(colon, colon) ~= ":" then refuse("a member has no value") end
    of[name], from = read_value(text, skip_blanks(text, colon + 1), depth)
    return from
  end)
  return { kind = "object", of = of }, stop
end

local words = { ["true"] = true, ["false"] = false, ["null"] = { kind = "null" } }

function read_value(text, at, depth)
  local char = text:sub(at, at)
  if char == '"' then return read_string(text, at) end
  if char == "{" or char == "[" then
    if depth == max_depth then refuse("too deep") end
    local read = char == "{" and read_object or read_array
    return read(text, at, depth + 1)
  end
  local word, stop = text:match("^([a-z]+)()", at)
  if not word then return read_number(text, at) end
  if words[word] == nil then refuse("not a value") end
  return words[word], stop
end

local function read_json(text)
  -- Lua 5.3 counts halves of surrogate pairs as characters.
  if not utf8.len(text) or text:find("\xED[\xA0-\xBF]") then refuse("not UTF-8") end
  local value, stop = read_value(text, skip_blanks(text, 1), 0)
  if skip_blanks(text, stop) <= #text then refuse("something stands behind the value") end
  return value
end`;
