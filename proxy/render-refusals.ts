import type { ProxySettings } from "./proxy-settings.ts";
import { localRefusals, problemContentType, problemDocument, type Refusal, refusalsFor } from "./refusals.ts";
import { maxDrainedBytes } from "./routing.ts";

/** No API has a name with an underscore. */
export const refusalsBackend = "refused_requests";

/** Statuses of those who have shown nothing, or do too much: their connections are closed, and nothing of them is taken first. */
const closingStatuses: readonly number[] = [401, 403, 429];
/** For a client that reads the answer while it sends; a longer wait would let the senders of bad credentials hold connections. */
const closeSeconds = 2;
/** A body of this size is waited for, and fits into HAProxy's buffer: who has sent all of it reads the answer for certain. */
const waitedForBytes = 65_536;
/** `receive` waits for as many bytes, however long that takes: a filter looks at the clock. */
const pieceBytes = 16_384;

/** Where a request goes that the proxy answers by itself; `txn.refusal` says how. */
export function refusalsSection(settings: ProxySettings): string {
  const closing = Object.entries(refusalsOf(settings)).flatMap(([name, { status }]) =>
    closingStatuses.includes(status) ? [name] : [],
  );
  return `# Answers of the proxy itself. They have no second line in the access log if the connection is cut.
backend ${refusalsBackend}
    no log
    filter lua.bound-drain
    acl closing       var(txn.refusal) -m str ${closing.join(" ")}
    acl small_body    req.hdr(content-length) -m int le ${waitedForBytes}
    acl not_yet_sent  var(txn.expects) -m found
    # A slower client gets 408.
    http-request wait-for-body time ${closeSeconds}s if closing small_body !not_yet_sent
    # The service reads the head before the body, so the head is made short.
    http-request set-uri / if { path -m found }
    http-request del-header '^(?!(content-length|transfer-encoding)$)' -m reg
    http-request use-service lua.refuse`;
}

/**
 * The Lua service that answers. HAProxy's own `return` answers and closes; a client that still sends then often sees a
 * broken connection in place of the answer. This one waits for it, or takes its body, both within bounds.
 */
export function renderRefusals(settings: ProxySettings): string {
  const { title, payload, routes, drainSeconds } = settings;
  const entries = Object.entries(refusalsOf(settings)).map(([name, refusal]) => renderRefusal(name, refusal));
  return `-- Answers that the external API proxy of ${title} gives itself. Rendered; do not edit.

-- The most bytes of a refused body that are read and discarded. After that, the connection is closed.
local max_drained_bytes = ${maxDrainedBytes(payload, routes)}
local drain_seconds = ${drainSeconds}
-- The time to read the answer for a client whose body is not read.
local close_milliseconds = ${closeSeconds * 1000}

local refusals = {
${entries.join("\n")}
}

-- After the answer, only an error ends the connection of a client that continues to send.
local function cut_off()
  error("a client continues to send a refused request")
end

local function linger()
  core.msleep(close_milliseconds)
  cut_off()
end

local function drain(applet)
  local drained = 0
  while drained < max_drained_bytes do
    local chunk = applet:receive(${pieceBytes})
    if chunk == nil or #chunk == 0 then return end
    drained = drained + #chunk
  end
  cut_off()
end

-- Sees each byte that arrives while the service waits for more.
local bound_drain = { id = "bound-drain", flags = filter.FLT_CFG_FL_HTX }
bound_drain.__index = bound_drain

function bound_drain:new()
  return setmetatable({ ends_at = core.now().sec + drain_seconds }, bound_drain)
end

function bound_drain:start_analyze(txn, channel)
  if not channel:is_resp() then filter.register_data_filter(self, channel) end
end

function bound_drain:http_payload(txn, message)
  if not message.channel:is_resp() and core.now().sec >= self.ends_at then cut_off() end
end

core.register_filter("bound-drain", bound_drain, function(each) return each end)

local function answer(applet, refusal, is_last)
  if is_last then applet:add_header("connection", "close") end
  applet:set_status(refusal.status)
  applet:add_header("content-type", "${problemContentType}")
  applet:add_header("content-length", tostring(#refusal.body))
  for header, value in pairs(refusal.headers) do applet:add_header(header, value) end
  local allow = applet:get_var("txn.allow")
  if refusal.status == 405 and allow ~= nil then applet:add_header("allow", allow) end
  applet:start_response()
  applet:send(refusal.body)
end

core.register_service("refuse", "http", function(applet)
  local refusal = refusals[applet:get_var("txn.refusal")]
  local declared = applet.headers["content-length"]
  local length = declared ~= nil and tonumber(declared[0]) or 0
  local is_chunked = applet.headers["transfer-encoding"] ~= nil
  -- The data after CONNECT has no end. A client that waits for "100 Continue" is not asked to send.
  local is_endless = applet.method == "CONNECT"
  local is_waiting = applet:get_var("txn.expects") ~= nil
  local has_body = is_endless or is_chunked or length > 0
  local is_drained = not refusal.closes and not is_endless and not is_waiting
  answer(applet, refusal, refusal.closes or has_body and (not is_drained or length > max_drained_bytes))
  if not has_body then return end
  local is_whole = not is_chunked and not is_waiting and not is_endless and length <= ${waitedForBytes}
  if not is_drained and not is_whole then linger() end
  drain(applet)
end)
`;
}

/** By their names, with what this listener's clients are told beside. */
function refusalsOf({ payload, listener, callers }: ProxySettings): Readonly<Record<string, Refusal>> {
  const local = listener.authentication.kind === "name" ? localRefusals(callers) : {};
  const all: Record<string, Refusal> = { ...refusalsFor(payload), ...local };
  const { unauthorized } = all;
  if (listener.authentication.kind !== "jwt" || unauthorized === undefined) return all;
  const headers = { "www-authenticate": "Bearer", ...unauthorized.headers };
  return { ...all, unauthorized: { ...unauthorized, headers } };
}

function renderRefusal(name: string, refusal: Refusal): string {
  const headers = Object.entries(refusal.headers ?? {}).map(
    ([header, value]) => `["${header}"] = "${value}"`,
  );
  return `  ["${name}"] = {
    status = ${refusal.status},
    closes = ${closingStatuses.includes(refusal.status)},
    headers = { ${headers.join(", ")} },
    body = [==[${problemDocument(refusal)}]==],
  },`;
}
