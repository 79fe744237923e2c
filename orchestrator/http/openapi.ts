/**
 * The document of the API (OpenAPI 3.1), made of the route table itself: what a route validates and answers with is what
 * stands here. Pure. WebSockets are not in it; they are the pages' own.
 */
import { z } from "zod";
import { errorBody } from "./contract.ts";
import type { Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

const title = "離れ / Hanare";
const description =
  "Every address that the portal, the viewer and the administration pages call. Pages use a sign-in (cookie); " +
  "other systems send `Authorization: Bearer TOKEN`, and reach what names a scope under `security`. Errors have the " +
  "shape `Error`, in Japanese and English, with what to do next.";

export function makeOpenapi(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, path) };
  }
  return {
    openapi: "3.1.0",
    info: { title, version: "1", description },
    paths,
    components: {
      schemas: { Error: schemaOf(errorBody, "output") },
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        signIn: { type: "apiKey", in: "cookie", name: "__Host-hanare" },
      },
    },
  };
}

function operation(route: Route, path: string): Json {
  const { takes = {}, gives, summary, method } = route;
  const words = path.replaceAll(/[{}]/g, "").split("/").slice(2);
  return {
    operationId: [method.toLowerCase(), ...words].join("-").replaceAll(/[^\w-]/g, "-"),
    tags: [words[0] === "admin" ? (words[1] ?? "admin") : words[0]],
    summary,
    description: whoMay(route),
    security: securityOf(route),
    parameters: [...parametersOf(takes.params, "path"), ...parametersOf(takes.query, "query")],
    ...(takes.body && { requestBody: { required: true, content: contentOf(takes.body, "input") } }),
    responses: {
      ...(gives
        ? { 200: { description: "Done", content: contentOf(gives, "output") } }
        : { 204: { description: "Done" } }),
      default: {
        description: "Refused or failed",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

function whoMay(route: Route): string {
  const fresh =
    route.access !== "anyone" && route.fresh === true
      ? " People prove who they are a short while before (POST /api/proof)."
      : "";
  switch (route.access) {
    case "anyone":
      return "Needs no sign-in.";
    case "signed-in":
      return `Whoever is signed in, for themselves.${fresh}`;
    case "roles":
      return `Roles: ${route.roles.join(", ")}.${fresh}`;
    case "token":
      return "Other systems only.";
  }
}

function securityOf(route: Route): readonly Json[] {
  if (route.access === "anyone") return [];
  const scope = route.access === "signed-in" ? undefined : route.scope;
  return [
    ...(scope === undefined ? [] : [{ token: [scope] }]),
    ...(route.access === "token" ? [] : [{ signIn: [] }]),
  ];
}

function parametersOf(schema: z.ZodObject | undefined, where: "path" | "query"): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "output") as {
    readonly properties?: Json;
    readonly required?: readonly string[];
  };
  const optional = (schemaOf(schema, "input")["required"] ?? []) as readonly string[];
  return Object.entries(properties).map(([name, each]) => ({
    ...{ name, in: where, schema: each },
    // What has a default need not be sent.
    required: where === "path" || (required.includes(name) && optional.includes(name)),
  }));
}

function contentOf(shape: z.ZodType | { readonly media: string }, io: "input" | "output"): Json {
  return "media" in shape
    ? { [shape.media]: {} }
    : { "application/json": { schema: schemaOf(shape, io) } };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _version, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
