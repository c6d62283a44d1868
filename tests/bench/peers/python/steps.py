"""The same recovery as somebody would write it for Python with AWS's SDK, in one table: identify, code by mail, new
password, logout. It hashes no password: argon2 is counted apart."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import time

import boto3

TABLE = os.environ["PEERS_TABLE"]
REGION = os.environ["AWS_REGION"]
dynamodb = boto3.client("dynamodb", region_name=REGION)
ses = None
key = b""


def steps(name):
    """The handler of a step, with the key that signs sessions."""
    global key, ses
    secret = boto3.client("secretsmanager", region_name=REGION).get_secret_value(SecretId="session-root")
    key = json.loads(secret["SecretString"])["1"].encode()
    if name in ("send-code", "set-password"):
        ses = boto3.client("ses", region_name=REGION)
    return {"verify-identity": verify, "send-code": send, "confirm-code": confirm, "set-password": change, "logout": logout}[name]


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def mac(text):
    return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256")).decode().rstrip("=")


def answer(status, body, cookie=None):
    cookies = [] if cookie is None else [f"__Host-recup={cookie}; Path=/; HttpOnly; Secure; SameSite=Strict"]
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "cookies": cookies, "body": json.dumps(body)}


def session(event):
    payload, _, signature = event["cookies"][0].partition("=")[2].partition(".")
    if not hmac.compare_digest(mac(payload), signature):
        raise ValueError("no session")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    if claims["exp"] < time.time():
        raise ValueError("expired")
    return claims["id"]


def signed(challenge):
    claims = json.dumps({"id": challenge, "exp": int(time.time()) + 900})
    payload = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
    return f"{payload}.{mac(payload)}"


def place(kind, name):
    return {"pk": {"S": f"{kind}#{name}"}}


def counted(kind, name):
    dynamodb.update_item(
        TableName=TABLE, Key=place(kind, name), UpdateExpression="ADD attempts :one SET expires = if_not_exists(expires, :later)",
        ConditionExpression="attribute_not_exists(attempts) OR attempts < :most",
        ExpressionAttributeValues={":one": {"N": "1"}, ":later": {"N": str(int(time.time()) + 600)}, ":most": {"N": "300"}},
    )  # fmt: skip


def mail(item, subject, text):
    ses.send_email(
        Source="noreply@usms.ac.ma", Destination={"ToAddresses": [item["email"]["S"]]},
        Message={"Subject": {"Data": subject}, "Body": {"Text": {"Data": text}}},
    )  # fmt: skip


def verify(event):
    body = json.loads(event["body"])
    if not body["terms_accepted"]:
        return answer(422, {"code": "terms"})
    fields = body["fields"]
    viewer = event["headers"]["cloudfront-viewer-address"].partition(":")[0]
    person = sha256("|".join([fields["apogee"], fields["massar"], fields["birth_date"]]))
    counted("anchor", fields["apogee"])
    counted("network", viewer)
    found = dynamodb.get_item(TableName=TABLE, Key=place("person", person)).get("Item")
    if not found:
        return answer(422, {"code": "identity-not-recognised"})
    challenge = secrets.token_hex(16)
    item = place("challenge", challenge) | {name: found[name] for name in ["name", "email", "address"]}
    item |= {"person": {"S": person}, "tries": {"N": "0"}, "state": {"S": "open"}, "expires": {"N": str(int(time.time()) + 900)}}
    dynamodb.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(pk)")
    known = {"display_name": found["name"]["S"], "academic_email": found["address"]["S"]}
    return answer(200, {"next": "choose-method", "person": known}, signed(challenge))


def send(event):
    challenge = session(event)
    item = dynamodb.get_item(TableName=TABLE, Key=place("challenge", challenge))["Item"]
    counted("destination", sha256(item["email"]["S"]))
    code = f"{secrets.randbelow(100_000_000):08}"
    dynamodb.update_item(
        TableName=TABLE, Key=place("challenge", challenge), UpdateExpression="SET code = :code, tries = :none",
        ExpressionAttributeValues={":code": {"S": mac(challenge + code)}, ":none": {"N": "0"}},
    )  # fmt: skip
    mail(item, "Votre code", f"Bonjour {item['name']['S']},\n\nvotre code : {code}\n")
    return answer(200, {"next": "enter-code"})


def confirm(event):
    challenge = session(event)
    tried = dynamodb.update_item(
        TableName=TABLE, Key=place("challenge", challenge), UpdateExpression="ADD tries :one", ConditionExpression="tries < :five",
        ExpressionAttributeValues={":one": {"N": "1"}, ":five": {"N": "5"}}, ReturnValues="ALL_NEW",
    )["Attributes"]  # fmt: skip
    if not hmac.compare_digest(tried["code"]["S"], mac(challenge + json.loads(event["body"])["code"])):
        return answer(422, {"code": "code-incorrect"})
    return answer(200, {"next": "set-password"}, signed(challenge))


def change(event):
    challenge = session(event)
    password = json.loads(event["body"])["password"]
    if len(password) < 8:
        return answer(422, {"code": "password-rejected"})
    item = dynamodb.get_item(TableName=TABLE, Key=place("challenge", challenge))["Item"]
    person = item["person"]["S"]
    dynamodb.transact_write_items(TransactItems=[
        {"Update": {"TableName": TABLE, "Key": place("challenge", challenge), "UpdateExpression": "SET #state = :done",
                    "ConditionExpression": "#state = :open", "ExpressionAttributeNames": {"#state": "state"},
                    "ExpressionAttributeValues": {":done": {"S": "done"}, ":open": {"S": "open"}}}},
        {"Put": {"TableName": TABLE, "Item": place("account", person) | {"password": {"S": sha256(password)}}}},
    ])  # fmt: skip
    dynamodb.put_item(TableName=TABLE, Item=place("audit", f"{person}#{time.time_ns()}") | {"event": {"S": "changed"}})
    mail(item, "Mot de passe changé", f"Bonjour {item['name']['S']},\n\nvotre mot de passe a changé.\n")
    return answer(200, {"next": "done"}, signed(challenge))


def logout(event):
    dynamodb.update_item(
        TableName=TABLE, Key=place("challenge", session(event)), UpdateExpression="SET #state = :ended",
        ExpressionAttributeNames={"#state": "state"}, ExpressionAttributeValues={":ended": {"S": "ended"}},
    )
    return answer(200, {}, "")
