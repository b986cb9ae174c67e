import type { ProxySettings } from "./proxy-settings.ts";
import { localRefusals, problemContentType, problemDocument, type Refusal, refusalsFor } from "./refusals.ts";
import { maxDrainedBytes } from "./routing.ts";

/**
 * The Lua services `lua.refuse-<name>`. HAProxy's own `return` answers and closes; a client that still sends then
 * often sees a broken connection in place of the answer. These go on taking its body, within bounds.
 */
export function renderRefusals({ title, payload, routes, listener, callers }: ProxySettings): string {
  const challenge = listener.authentication.kind === "jwt" ? { "www-authenticate": "Bearer" } : {};
  const local = listener.authentication.kind === "name" ? localRefusals(callers) : {};
  const entries = Object.entries({ ...refusalsFor(payload), ...local }).map(([name, refusal]) =>
    renderRefusal(
      name,
      name === "unauthorized" ? { ...refusal, headers: { ...challenge, ...refusal.headers } } : refusal,
    ),
  );
  return `-- Answers of the external API proxy of ${title} that come from the proxy itself. Rendered; do not edit.

-- Of a body that is refused, this much is taken and thrown away; behind it the connection is closed.
local max_drained_bytes = ${maxDrainedBytes(payload, routes)}

local refusals = {
${entries.join("\n")}
}

local function drain(applet)
  local drained = 0
  while drained < max_drained_bytes do
    local chunk = applet:receive(65536)
    if chunk == nil or #chunk == 0 then return end
    drained = drained + #chunk
  end
  -- The answer is out, and an error is what ends the connection.
  error("a client goes on sending what was refused")
end

for name, refusal in pairs(refusals) do
  core.register_service("refuse-" .. name, "http", function(applet)
    applet:set_var("txn.refusal", name)
    -- Who waits for "100 Continue" sends nothing any more.
    local is_waiting = applet:get_var("txn.expects") ~= nil
    local length = applet.headers["content-length"]
    local is_bounded = length ~= nil and tonumber(length[0]) <= max_drained_bytes
    local has_body = length ~= nil or applet.headers["transfer-encoding"] ~= nil
    -- What follows CONNECT is no body and has no end: to wait for it would keep the connection for good.
    local is_tunnel = applet.method == "CONNECT"
    if is_tunnel or has_body and (is_waiting or not is_bounded) then applet:add_header("connection", "close") end
    applet:set_status(refusal.status)
    applet:add_header("content-type", "${problemContentType}")
    applet:add_header("content-length", tostring(#refusal.body))
    for header, value in pairs(refusal.headers) do applet:add_header(header, value) end
    local allow = applet:get_var("txn.allow")
    if refusal.status == 405 and allow ~= nil then applet:add_header("allow", allow) end
    applet:start_response()
    applet:send(refusal.body)
    if not is_waiting and not is_tunnel then drain(applet) end
  end)
end
`;
}

function renderRefusal(name: string, refusal: Refusal): string {
  const headers = Object.entries(refusal.headers ?? {}).map(
    ([header, value]) => `["${header}"] = "${value}"`,
  );
  return `  ["${name}"] = {
    status = ${refusal.status},
    headers = { ${headers.join(", ")} },
    body = [==[${problemDocument(refusal)}]==],
  },`;
}
