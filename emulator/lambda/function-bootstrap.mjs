// Runs in a process of its own: loads one handler and calls it for each event that the parent sends.
// Plain JavaScript, since the processes start from the file as it is.
import { createRequire } from "node:module";
import { join } from "node:path";
import { format } from "node:util";

/** @typedef {{ requestId: string, event: string, deadline: number }} Invocation */

const [taskRoot = "", handlerName = "", functionArn = "", logGroup = ""] = process.argv.slice(2);
const [moduleName = "", exportName = ""] = handlerName.split(".");

// Nobody is there any more who could want an answer.
process.on("disconnect", () => process.exit());
if (!process.connected) process.exit();

/** @param {unknown} message */
const send = (message) => process.send?.(message);

/** @param {unknown} error */
const describe = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: "Error", errorMessage: String(error) };

let currentRequestId = "";

// As Lambda writes them where a function's log format is JSON, one line for each call.
for (const [method, level] of Object.entries({
  debug: "DEBUG",
  error: "ERROR",
  info: "INFO",
  log: "INFO",
  trace: "TRACE",
  warn: "WARN",
})) {
  Object.assign(console, {
    [method]: (/** @type {unknown[]} */ ...values) => {
      const message = values.length === 1 && typeof values[0] === "object" ? values[0] : format(...values);
      const line = { timestamp: new Date().toISOString(), level, requestId: currentRequestId, message };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    },
  });
}

/** @type {((event: unknown, context: unknown) => unknown) | undefined} */
let handler;
try {
  handler = createRequire(join(taskRoot, "/"))(join(taskRoot, `${moduleName}.js`))[exportName];
  if (typeof handler !== "function") {
    throw Object.assign(new Error(`${handlerName} is undefined or not exported`), {
      name: "Runtime.HandlerNotFound",
    });
  }
  send({ kind: "ready" });
} catch (error) {
  send({ kind: "broken", ...describe(error) });
}

process.on("message", async (/** @type {Invocation} */ { requestId, event, deadline }) => {
  currentRequestId = requestId;
  const context = {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
    functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
    invokedFunctionArn: functionArn,
    logGroupName: logGroup,
    logStreamName: "local",
    memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const result = await handler?.(JSON.parse(event), context);
    send({ kind: "returned", payload: JSON.stringify(result) ?? "null" });
  } catch (error) {
    send({ kind: "failed", ...describe(error) });
  }
});
