// The same recovery as somebody would write it for Node with AWS's SDK, in one table: identify, code by mail, new
// password, logout. It hashes no password: argon2 is counted apart.
import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { DynamoDBClient, GetItemCommand, PutItemCommand, TransactWriteItemsCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

const TableName = process.env.PEERS_TABLE;
const dynamodb = new DynamoDBClient({});
let key;
let mail;

/** The handler of a step, with the key that signs sessions. */
export async function steps(name) {
  const secret = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: "session-root" }));
  key = JSON.parse(secret.SecretString)["1"];
  if (["send-code", "set-password"].includes(name)) {
    const { SendEmailCommand, SESClient } = await import("@aws-sdk/client-ses");
    const ses = new SESClient({});
    mail = (message) => ses.send(new SendEmailCommand(message));
  }
  return { "verify-identity": verify, "send-code": send, "confirm-code": confirm, "set-password": set, logout }[name];
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (text) => createHmac("sha256", key).update(text).digest("base64url");
const seconds = () => Math.floor(Date.now() / 1000);
const S = (text) => ({ S: text });
const N = (number) => ({ N: String(number) });

const answer = (statusCode, body, cookie) => ({
  statusCode,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  cookies: cookie === undefined ? [] : [`__Host-recup=${cookie}; Path=/; HttpOnly; Secure; SameSite=Strict`],
  body: JSON.stringify(body),
});

function session(event) {
  const token = event.cookies?.[0]?.split("=")[1] ?? "";
  const [payload, signature] = token.split(".");
  const right = Buffer.from(hmac(payload));
  const given = Buffer.from(signature ?? "");
  if (right.length !== given.length || !timingSafeEqual(right, given)) throw new Error("no session");
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  if (claims.exp < seconds()) throw new Error("expired");
  return claims.id;
}

function signed(id) {
  const payload = Buffer.from(JSON.stringify({ id, exp: seconds() + 900 })).toString("base64url");
  return `${payload}.${hmac(payload)}`;
}

const counted = (pk) =>
  dynamodb.send(new UpdateItemCommand({
    TableName, Key: { pk: S(pk) }, UpdateExpression: "ADD attempts :one SET expires = if_not_exists(expires, :later)",
    ConditionExpression: "attribute_not_exists(attempts) OR attempts < :most",
    ExpressionAttributeValues: { ":one": N(1), ":later": N(seconds() + 600), ":most": N(300) },
  }));

async function verify(event) {
  const { fields, terms_accepted } = JSON.parse(event.body);
  if (!terms_accepted) return answer(422, { code: "terms" });
  const viewer = event.headers["cloudfront-viewer-address"].split(":")[0];
  const person = sha256([fields.apogee, fields.massar, fields.birth_date].join("|"));
  const [found] = await Promise.all([
    dynamodb.send(new GetItemCommand({ TableName, Key: { pk: S(`person#${person}`) } })),
    counted(`anchor#${fields.apogee}`),
    counted(`network#${viewer}`),
  ]);
  if (!found.Item) return answer(422, { code: "identity-not-recognised" });
  const id = randomBytes(16).toString("hex");
  const { name, email, address } = found.Item;
  await dynamodb.send(new PutItemCommand({
    TableName, Item: { pk: S(`challenge#${id}`), person: S(person), name, email, address, tries: N(0), state: S("open"), expires: N(seconds() + 900) },
    ConditionExpression: "attribute_not_exists(pk)",
  }));
  return answer(200, { next: "choose-method", person: { display_name: name.S, academic_email: address.S } }, signed(id));
}

async function send(event) {
  const id = session(event);
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { pk: S(`challenge#${id}`) } }));
  await counted(`destination#${sha256(Item.email.S)}`);
  const code = String(randomInt(100_000_000)).padStart(8, "0");
  await dynamodb.send(new UpdateItemCommand({
    TableName, Key: { pk: S(`challenge#${id}`) }, UpdateExpression: "SET code = :code, tries = :none",
    ExpressionAttributeValues: { ":code": S(hmac(`${id}${code}`)), ":none": N(0) },
  }));
  await mail({
    Source: "noreply@usms.ac.ma", Destination: { ToAddresses: [Item.email.S] },
    Message: { Subject: { Data: "Votre code" }, Body: { Text: { Data: `Bonjour ${Item.name.S},\n\nvotre code : ${code}\n` } } },
  });
  return answer(200, { next: "enter-code" });
}

async function confirm(event) {
  const id = session(event);
  const { code } = JSON.parse(event.body);
  const { Attributes } = await dynamodb.send(new UpdateItemCommand({
    TableName, Key: { pk: S(`challenge#${id}`) }, UpdateExpression: "ADD tries :one", ConditionExpression: "tries < :five",
    ExpressionAttributeValues: { ":one": N(1), ":five": N(5) }, ReturnValues: "ALL_NEW",
  }));
  if (!timingSafeEqual(Buffer.from(Attributes.code.S), Buffer.from(hmac(`${id}${code}`)))) return answer(422, { code: "code-incorrect" });
  return answer(200, { next: "set-password" }, signed(id));
}

async function set(event) {
  const id = session(event);
  const { password } = JSON.parse(event.body);
  if (password.length < 8) return answer(422, { code: "password-rejected" });
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { pk: S(`challenge#${id}`) } }));
  await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [
    { Update: { TableName, Key: { pk: S(`challenge#${id}`) }, UpdateExpression: "SET #state = :done", ConditionExpression: "#state = :open",
      ExpressionAttributeNames: { "#state": "state" }, ExpressionAttributeValues: { ":done": S("done"), ":open": S("open") } } },
    { Put: { TableName, Item: { pk: S(`account#${Item.person.S}`), password: S(sha256(password)) } } },
  ] }));
  await Promise.all([
    dynamodb.send(new PutItemCommand({ TableName, Item: { pk: S(`audit#${Item.person.S}#${Date.now()}`), event: S("changed") } })),
    mail({
      Source: "noreply@usms.ac.ma", Destination: { ToAddresses: [Item.email.S] },
      Message: { Subject: { Data: "Mot de passe changé" }, Body: { Text: { Data: `Bonjour ${Item.name.S},\n\nvotre mot de passe a changé.\n` } } },
    }),
  ]);
  return answer(200, { next: "done" }, signed(id));
}

async function logout(event) {
  const id = session(event);
  await dynamodb.send(new UpdateItemCommand({
    TableName, Key: { pk: S(`challenge#${id}`) }, UpdateExpression: "SET #state = :ended",
    ExpressionAttributeNames: { "#state": "state" }, ExpressionAttributeValues: { ":ended": S("ended") },
  }));
  return answer(200, {}, "");
}
