"""What the managed runtime does around a handler: asks for events, hands them over, answers."""

import http.client
import json
import os

api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


def call(method: str, path: str, body: str | None = None) -> tuple[http.client.HTTPResponse, str]:
    api.request(method, f"/2018-06-01/runtime/{path}", body)
    answer = api.getresponse()
    return answer, answer.read().decode()


from steps import steps  # noqa: E402: as the runtime imports the handler once it runs itself

handler = steps(os.environ["STEP"])
while True:
    asked, text = call("GET", "invocation/next")
    invocation = asked.headers["lambda-runtime-aws-request-id"]
    try:
        call("POST", f"invocation/{invocation}/response", json.dumps(handler(json.loads(text))))
    except Exception as error:  # noqa: BLE001: whatever it is, it is the invocation's
        call("POST", f"invocation/{invocation}/error", json.dumps({"errorMessage": repr(error)}))
