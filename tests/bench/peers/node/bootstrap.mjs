// What the managed runtime does around a handler: asks for events, hands them over, answers.
import http from "node:http";

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });
const call = (method, path, body) =>
  new Promise((done, failed) => {
    const request = http.request({ host, port, method, path: `/2018-06-01/runtime/${path}`, agent }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => done({ headers: answer.headers, text }));
    });
    request.on("error", failed).end(body);
  });

const { steps } = await import("./steps.mjs");
const handler = await steps(process.env.STEP);
for (;;) {
  const { headers, text } = await call("GET", "invocation/next");
  const id = headers["lambda-runtime-aws-request-id"];
  try {
    await call("POST", `invocation/${id}/response`, JSON.stringify(await handler(JSON.parse(text))));
  } catch (error) {
    await call("POST", `invocation/${id}/error`, JSON.stringify({ errorMessage: String(error) }));
  }
}
